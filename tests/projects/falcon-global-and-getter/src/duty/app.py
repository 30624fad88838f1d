import falcon

application = None


class Quiet:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


def init_api():
    global application
    application = falcon.App()


def init():
    global application
    init_api()
    application = Quiet(application)


def get_wsgi_app():
    init()
    return application


def current():
    return application
