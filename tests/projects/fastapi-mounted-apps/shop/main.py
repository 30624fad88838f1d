from fastapi import FastAPI

from shop.admin import admin

root = FastAPI()
root.mount("/admin", admin)
