from cellar_app import create_app


def main():
    app = create_app()

    from cellar_app import server
    from cellar_app.web import web

    app.register_blueprint(web)
    server.start()
