def create_app(app):
    app.config["A"] = 1
    return app
