import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from elasticapm.contrib.asgi import ASGITracingMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django_asgi_app = ASGITracingMiddleware(get_asgi_application())

routing = {}
routing["http"] = django_asgi_app
routing["websocket"] = AuthMiddlewareStack(URLRouter([]))

application = ProtocolTypeRouter(routing)
