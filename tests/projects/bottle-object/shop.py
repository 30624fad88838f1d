from bottle import Bottle

app = Bottle()

if __name__ == "__main__":
    app.run(port=8080)
