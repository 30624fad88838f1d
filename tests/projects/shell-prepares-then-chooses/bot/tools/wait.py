from aiohttp import web

if __name__ == "__main__":
    print(web)
