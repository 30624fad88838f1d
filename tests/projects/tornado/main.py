import asyncio

import tornado.web


async def main():
    app = tornado.web.Application([])
    app.listen(8888)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
