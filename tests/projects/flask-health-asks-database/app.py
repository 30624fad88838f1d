from flask import Flask

app = Flask(__name__)
from store import db


@app.route("/health/")
def health():
    db.session.execute("select 1")
    return "ok"
