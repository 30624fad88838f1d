import uvicorn

from platform_api.settings import settings


def main():
    uvicorn.run('platform_api.web:get_app', host=settings.host, port=settings.port, factory=True)


if __name__ == '__main__':
    main()
