ROOT_URLCONF = "shop.urls"
ASGI_APPLICATION = "shop.asgi.application"
INSTALLED_APPS = ["channels"]
