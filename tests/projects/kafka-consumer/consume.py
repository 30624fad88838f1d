from kafka import KafkaConsumer


def main():
    for message in KafkaConsumer("orders"):
        print(message)


if __name__ == "__main__":
    main()
