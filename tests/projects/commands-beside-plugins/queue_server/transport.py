from wsgiref import simple_server


class Driver:
    def listen(self):
        simple_server.make_server('', 8888, self.application).serve_forever()
