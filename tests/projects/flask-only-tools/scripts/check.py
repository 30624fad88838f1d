def main():
    print("checked")


if __name__ == "__main__":
    main()
