import asyncio

from shopbot.loop import run

asyncio.run(run())
