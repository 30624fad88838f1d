import os

from flask import Flask


def create_app():
    app = Flask(__name__)
    app.config["DATABASE_URL"] = os.environ["DATABASE_URL"]

    @app.get("/up")
    def up():
        return os.environ.get("PYTHON_VERSION", "")

    return app
