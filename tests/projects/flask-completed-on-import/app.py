from flask import Flask

from views import pages

app = Flask(__name__)


def register():
    app.register_blueprint(pages)


register()

if __name__ == "__main__":
    app.run()
