from flask import Flask

from cellar_app.serving import Server

app = Flask(__name__)
server = Server()


def create_app():
    app.config["READY"] = True
    server.init_app(app)
    return app
