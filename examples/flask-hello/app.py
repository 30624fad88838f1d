"""A page that greets, and a route that says that the process lives."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    greeting = os.environ.get("GREETING", "Hello")
    return f"{greeting}, world!\n"


@app.get("/healthz")
def healthz() -> str:
    return "ok\n"
