import fastapi


def build():
    return fastapi.FastAPI()


def tested():
    app = fastapi.FastAPI()
    return app
