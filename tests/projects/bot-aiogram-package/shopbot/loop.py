from aiogram import Bot, Dispatcher


async def run():
    await Dispatcher().start_polling(Bot("token"))
