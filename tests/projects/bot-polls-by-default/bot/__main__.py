import asyncio

from aiogram import Bot, Dispatcher
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from bot.settings import settings


async def serve(bot, dispatcher):
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(app, path="/webhook")
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", settings.WEBHOOK_PORT).start()
    await asyncio.Event().wait()


async def main():
    bot, dispatcher = Bot(settings.BOT_TOKEN), Dispatcher()
    if settings.WEBHOOK:
        await serve(bot, dispatcher)
    else:
        await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
