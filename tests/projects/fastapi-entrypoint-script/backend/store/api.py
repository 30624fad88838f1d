from fastapi import FastAPI

from store.health import router

service = FastAPI()
service.include_router(router, prefix="/internal")
