from aiohttp import web


async def hello(request):
    return web.Response(text="hello")


def make():
    app = web.Application()
    app.router.add_get("/", hello)
    return app


if __name__ == "__main__":
    web.run_app(make(), port=8080)
