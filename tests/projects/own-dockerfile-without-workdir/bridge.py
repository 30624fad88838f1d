import os

import paho.mqtt.client as mqtt


def forward(client, userdata, message):
    client.publish(f"copy/{message.topic}", message.payload)


def main():
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = forward
    client.connect(os.environ["BROKER"])
    client.subscribe("source/#")
    client.loop_forever()


if __name__ == "__main__":
    main()
