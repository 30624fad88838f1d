from flask import Flask


def create_app():
    app = Flask(__name__)
    register_routes(app)
    return app


def register_routes(app):
    @app.route('/health')
    def health():
        return 'ok'


if __name__ == '__main__':
    app = create_app()
    app.run()
