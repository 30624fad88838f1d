from environs import Env

env = Env()
env.read_env()

with env.prefixed("SHOP_"):
    HOST = env("HOST", "localhost")
    with env.prefixed("MAIL_"):
        PORT = env.int("PORT")

DEBUG = env.bool("DEBUG", default=False)
