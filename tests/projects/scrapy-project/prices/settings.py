BOT_NAME = "prices"
