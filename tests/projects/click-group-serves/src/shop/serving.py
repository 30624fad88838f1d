import uvicorn
from fastapi import FastAPI


def serve_http(port: int) -> None:
    app = FastAPI()
    uvicorn.run(app, host="0.0.0.0", port=port)
