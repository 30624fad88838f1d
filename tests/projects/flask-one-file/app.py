from flask import Flask

app = Flask(__name__)


@app.route("/healthz")
def healthz():
    return "ok"


if __name__ == "__main__":
    app.run(port=5001)
