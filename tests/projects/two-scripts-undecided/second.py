def main():
    print(2)


if __name__ == "__main__":
    main()
