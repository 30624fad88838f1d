import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
_application = get_wsgi_application()


def application(environ, start_response):
    os.environ["REGION"] = environ.get("REGION", "")
    return _application(environ, start_response)
