from instance import app


@app.route("/healthz")
def healthz():
    return "ok"
