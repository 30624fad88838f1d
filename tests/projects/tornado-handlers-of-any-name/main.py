import asyncio

import tornado.web

from urls import handlers


async def main():
    tornado.web.Application(handlers).listen(8888)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
