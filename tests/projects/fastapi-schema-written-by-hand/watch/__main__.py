import uvicorn

from watch.http import Api


def main():
    uvicorn.run(Api({})._app, port=61208)


main()
