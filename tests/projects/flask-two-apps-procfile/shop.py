from flask import Flask

shop = Flask('shop')
