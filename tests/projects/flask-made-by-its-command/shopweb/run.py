from shopweb import create_app
from shopweb.settings import read_settings


def main():
    app = create_app()
    app.config.update(read_settings())
    app.run(host="0.0.0.0", port=5000)
