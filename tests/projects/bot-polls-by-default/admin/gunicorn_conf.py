wsgi_app = "admin.app:app"
