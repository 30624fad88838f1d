import os

from aiohttp import web

application = web.Application()

if __name__ == '__main__':
    web.run_app(application, port=int(os.environ['LISTEN']))
