from twisted.internet import reactor

from relay.http import site


def main():
    reactor.listenTCP(5000, site())
    reactor.run()


if __name__ == "__main__":
    main()
