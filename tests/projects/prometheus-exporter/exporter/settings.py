import os

METRICS_PORT = int(os.getenv("METRICS_PORT", "9342"))
BROKER = os.getenv("BROKER", "localhost")
