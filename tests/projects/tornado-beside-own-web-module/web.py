from tornado.web import Application


def make_app():
    return Application([])
