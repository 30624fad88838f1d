import asyncio

from tornado.httpserver import HTTPServer
from tornado.web import Application


def main():
    HTTPServer(Application([])).listen(8500)
    asyncio.get_event_loop().run_forever()


if __name__ == "__main__":
    main()
