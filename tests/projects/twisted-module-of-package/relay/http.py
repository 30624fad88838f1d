from twisted.web import server
from twisted.web.resource import Resource


def site():
    return server.Site(Resource())
