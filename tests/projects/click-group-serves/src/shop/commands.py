import click

from shop.serving import serve_http


@click.group()
def main() -> None:
    pass


@click.group()
def server() -> None:
    pass


@server.command("up")
def start_server() -> None:
    serve_http(8080)


@main.command()
def clean_up() -> None:
    print("cleaned")


main.add_command(server)
