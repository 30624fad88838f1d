import environ

env = environ.Env(DEBUG=(bool, False))
DEBUG = env("DEBUG")
SECRET_KEY = env("SECRET_KEY")
DATABASES = {"default": env.db()}
CACHES = {"default": env.cache("CACHE_URL", default="redis://localhost")}
HOSTS = env.list("ALLOWED_HOSTS", default=[])
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["items"]
