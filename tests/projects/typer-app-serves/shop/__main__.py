import typer
from aiohttp import web

cli = typer.Typer()


@cli.command()
def import_stock(path: str) -> None:
    print(path)


@cli.command()
def run_server(port: int = 8080) -> None:
    web.run_app(web.Application(), port=port)


if __name__ == "__main__":
    cli()
