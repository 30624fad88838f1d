import time


def main():
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
