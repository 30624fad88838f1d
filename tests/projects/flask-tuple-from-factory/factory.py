from flask import Flask


def build():
    app = Flask(__name__)
    return app, object()
