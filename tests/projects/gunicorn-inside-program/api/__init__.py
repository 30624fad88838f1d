import falcon


def configure():
    return None


def create_app():
    return falcon.App()
