from waitress import serve


class Server:
    def init_app(self, app):
        self.app = app

    def start(self):
        serve(self.app, port=8083)
