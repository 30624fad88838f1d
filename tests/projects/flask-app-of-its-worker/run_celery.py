from flask import Flask

from shop import create_app

application = Flask("celery")
create_app(application)
application.app_context().push()
