from flask import Flask
from lazy_object_proxy import Proxy
from prometheus_client import make_wsgi_app as metrics
from werkzeug.middleware.dispatcher import DispatcherMiddleware


def build():
    app = Flask(__name__)
    app.config["DEBUG"] = False
    return app


lazy = Proxy(build)
application = DispatcherMiddleware(lazy, {"/metrics": metrics()})
