import argparse
import socket

from aiohttp.web import Application, run_app

parser = argparse.ArgumentParser()
parser.add_argument("--api-address", default="0.0.0.0")
parser.add_argument("--api-port", type=int, default=8081)
parser.add_argument("--db-port", type=int, default=5432)


def main():
    args = parser.parse_args()
    run_app(Application(), sock=socket.create_server((args.api_address, args.api_port)))


if __name__ == "__main__":
    main()
