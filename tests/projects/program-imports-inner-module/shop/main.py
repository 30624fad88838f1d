from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import Application


def main():
    server = HTTPServer(Application([]))
    server.listen(8000)
    IOLoop.current().start()
