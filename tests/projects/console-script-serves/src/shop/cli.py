import uvicorn

from shop.web import make


def main():
    uvicorn.run(make(debug=False), host="0.0.0.0", port=8000)
