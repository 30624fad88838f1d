from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop

from web import make_app

if __name__ == "__main__":
    server = HTTPServer(make_app())
    server.listen(8000)
    IOLoop.current().start()
