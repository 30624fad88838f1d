from fastapi import FastAPI

from platform_api.monitoring import router as api_router


def get_app() -> FastAPI:
    app = FastAPI()
    app.include_router(router=api_router, prefix='/api')
    return app
