class Catalogue:
    def __init__(self, app=None):
        if app is not None:
            app.teardown_appcontext(self.close)

    def close(self, error):
        pass
