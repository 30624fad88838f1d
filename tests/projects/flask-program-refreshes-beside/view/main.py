import gevent
import gevent.pywsgi
from flask import Flask

app = Flask(__name__)


def refresh():
    while True:
        gevent.sleep(5)


def main():
    gevent.spawn(refresh)
    gevent.pywsgi.WSGIServer(("0.0.0.0", 8080), app).serve_forever()
