from tornado.web import RequestHandler


class Orders(RequestHandler):
    def get(self):
        self.write("no orders")


class Healthcheck(RequestHandler):
    async def get(self):
        self.write("OK")
