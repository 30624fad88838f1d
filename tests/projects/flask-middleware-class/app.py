from flask import Flask


class Prefix:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


flask_app = Flask(__name__)
served = Prefix(flask_app)
