from tornado.web import StaticFileHandler

import views

handlers = [
    (r"/", views.Orders),
    (r"/healthcheck", views.Healthcheck),
    (r"/static/(.*)", StaticFileHandler, {"path": "static"}),
]
