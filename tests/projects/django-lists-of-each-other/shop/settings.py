PLUGINS = []
INSTALLED_APPS = ["django.contrib.auth", "shop", *PLUGINS]
PLUGINS = [app for app in INSTALLED_APPS if app]
INSTALLED_APPS += PLUGINS
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
