class Service:
    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        return [b"ok"]


application = Service()
