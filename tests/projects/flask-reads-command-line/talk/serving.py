import argparse

from flask import Flask

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=5002)
args = parser.parse_args()

app = Flask(__name__)


def main():
    app.run(host="::", port=args.port)


if __name__ == "__main__":
    main()
