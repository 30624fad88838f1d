from app import app, server

app.layout = "hello"

if __name__ == "__main__":
    app.run(debug=True)
