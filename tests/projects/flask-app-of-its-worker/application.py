from flask import Flask

from shop import create_app

application = Flask("shop")
create_app(application)
