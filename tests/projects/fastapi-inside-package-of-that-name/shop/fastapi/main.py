from fastapi import FastAPI


def create_application():
    app = FastAPI()

    @app.get("/livez")
    def livez():
        return {}

    return app
