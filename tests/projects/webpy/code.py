import web

urls = ("/", "index")

if __name__ == "__main__":
    app = web.application(urls, globals())
    app.run()
