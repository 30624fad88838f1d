"""How does `python -m kubeship` start?"""


def main() -> None:
    """Run the command line."""
    from kubeship.cli.app import run  # noqa: PLC0415 - so that this module stays importable without Typer

    run()


if __name__ == "__main__":
    main()
