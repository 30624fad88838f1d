import falcon


class Service(falcon.App):
    pass


def get_app():
    return Service()
