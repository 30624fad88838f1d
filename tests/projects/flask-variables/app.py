from flask import Flask

app = Flask(__name__)
import os
from os import environ, getenv

app.secret_key = os.environ["SECRET_KEY"]
LEVEL = environ.get("LOG_LEVEL", "info")
SIZE = getenv("PAGE_SIZE", 20)
CACHE = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
TOKEN_TTL = getenv("TOKEN_TTL")
HOME = os.environ["HOME"]
if "OPTIONAL" in os.environ:
    OPTIONAL = os.environ["OPTIONAL"]
try:
    MAYBE = os.environ["MAYBE"]
except KeyError:
    MAYBE = None
os.environ["SET_HERE"] = "1"

if __name__ == "__main__":
    app.run(debug=os.environ["DEVELOPER"])
