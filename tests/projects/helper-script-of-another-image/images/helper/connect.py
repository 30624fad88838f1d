import socket
import sys


def main():
    socket.create_connection((sys.argv[1], 8500))


if __name__ == "__main__":
    main()
