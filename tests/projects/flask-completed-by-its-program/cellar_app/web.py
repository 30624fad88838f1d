from flask import Blueprint

from cellar_app import app

web = Blueprint("web", __name__)


@web.get("/")
def index():
    return app.name
