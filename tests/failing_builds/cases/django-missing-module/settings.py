SECRET_KEY = "for-tests"
INSTALLED_APPS = ["rest_framework", "django.contrib.staticfiles"]
STATIC_URL = "static/"
STATIC_ROOT = "/static"
