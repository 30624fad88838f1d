from fastapi import FastAPI

from shop.container import Container

container = Container()
app: FastAPI = container.resolve("app")
