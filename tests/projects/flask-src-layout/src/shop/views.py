from shop import app


@app.get("/ping")
def ping():
    return "pong"
