from flask import Flask

app = Flask(__name__)
from auth import login_required, db


@app.route("/ready")
def ready():
    db.session.execute("select 1")
    return "ok"


@app.route("/health")
@login_required
def health():
    return "ok"


@app.route("/users/<int:id>/ping")
def user_ping(id):
    return "ok"


@app.route("/alive", methods=["POST"])
def alive():
    return "ok"


app.add_url_rule("/status/live", view_func=lambda: "ok")


@app.route("/api/orders/current/status")
def order():
    return "ok"
