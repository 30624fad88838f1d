def create_first_user(app):
    app.config["FIRST"] = "admin"
