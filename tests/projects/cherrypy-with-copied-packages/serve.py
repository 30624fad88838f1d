import sys

sys.path.insert(0, "lib")

import cherrypy


class Shop:
    @cherrypy.expose
    def index(self):
        return "ok"


if __name__ == "__main__":
    cherrypy.quickstart(Shop())
