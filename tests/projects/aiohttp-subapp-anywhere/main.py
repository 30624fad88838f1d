import os

from aiohttp import web

import api

app = web.Application()
app.add_subapp(os.environ['API'], api.make())

if __name__ == '__main__':
    web.run_app(app, port=8888)
