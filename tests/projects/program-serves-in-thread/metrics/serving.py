from threading import Thread

from flask import Flask
from waitress import serve


def serve_metrics(port):
    app = Flask(__name__)

    @app.route("/health")
    def health():
        return "ok"

    Thread(target=serve, args=(app,), kwargs={"host": "0.0.0.0", "port": port}, daemon=True).start()
