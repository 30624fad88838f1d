from aiohttp import web

from probe import config


def main():
    web.run_app(web.Application(), port=config.PORT)


if __name__ == '__main__':
    main()
