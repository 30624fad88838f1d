from fastapi import FastAPI

from shop.config import settings
from shop.probes import router

app = FastAPI()
app.include_router(router, prefix=settings.API_PREFIX)
