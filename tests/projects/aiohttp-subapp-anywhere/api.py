from aiohttp import web


async def health(request):
    return web.Response()


def make():
    app = web.Application()
    router = app.router
    router.add_get('/health', health)
    return app
