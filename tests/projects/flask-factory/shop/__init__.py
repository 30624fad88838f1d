from flask import Flask


def create_app(config=None):
    app = Flask(__name__)
    from .views import bp

    app.register_blueprint(bp, url_prefix="/api")
    return app
