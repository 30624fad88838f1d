from fastapi import FastAPI

from app.orders import router

app = FastAPI()
app.include_router(router)
