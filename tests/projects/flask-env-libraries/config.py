from decouple import config, Csv
from environs import Env
import dj_database_url

env = Env()
env.read_env()
DEBUG = env.bool("DEBUG", default=False)
API_KEY = env.str("MAIL_API_KEY")
HOSTS = config("HOSTS", default="*", cast=Csv())
SALT = config("SALT")
DATABASES = {"default": dj_database_url.config(default="postgres://localhost/shop")}
