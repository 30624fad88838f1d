import gunicorn.app.base

from api import configure, create_app


class Application(gunicorn.app.base.BaseApplication):
    def __init__(self, app):
        self.application = app
        super().__init__()

    def load(self):
        return self.application


if __name__ == "__main__":
    configure()
    Application(create_app()).run()
