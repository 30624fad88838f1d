import subprocess

import click


@click.group()
def main():
    pass


@main.command()
def serve(port=8000):
    command = f"uvicorn depot.http.server:build --factory --port {port}"
    subprocess.run(command.split())
