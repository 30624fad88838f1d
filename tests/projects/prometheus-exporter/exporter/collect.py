import paho.mqtt.client as mqtt
from prometheus_client import Gauge, start_http_server

from exporter import settings

LEVEL = Gauge("tank_level", "How full the tank is")


def run():
    start_http_server(settings.METRICS_PORT, "0.0.0.0")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = lambda client, userdata, message: LEVEL.set(float(message.payload))
    client.connect(settings.BROKER)
    client.subscribe("tank/level")
    client.loop_forever()
