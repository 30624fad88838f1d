import os

import discord

from keep_alive import keep_alive

client = discord.Client(intents=discord.Intents.default())

keep_alive()
client.run(os.environ["TOKEN"])
