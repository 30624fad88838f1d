from shop import create_app
from shop.seeds import create_first_user


def main():
    app = create_app()
    create_first_user(app)
    app.run(host="0.0.0.0", port=8080)


if __name__ == "__main__":
    main()
