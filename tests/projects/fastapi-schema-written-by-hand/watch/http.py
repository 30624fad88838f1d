from fastapi import FastAPI


class Api:
    def __init__(self, options):
        self._app = FastAPI()
