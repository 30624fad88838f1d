import asyncio

from aiohttp import web


async def create_app():
    return web.Application()


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    app = loop.run_until_complete(create_app())
    handler = app.make_handler()
    loop.run_until_complete(loop.create_server(handler, "0.0.0.0", 8080))
    loop.run_forever()
