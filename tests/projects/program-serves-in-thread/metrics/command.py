import time

import click

from metrics.serving import serve_metrics


@click.command()
@click.option("--port", type=int, default=9808, show_default=True)
def command(port):
    serve_metrics(port)
    while True:
        time.sleep(1)
