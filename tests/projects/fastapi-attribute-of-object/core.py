from fastapi import FastAPI


class Server:
    def __init__(self):
        self.api = FastAPI()
