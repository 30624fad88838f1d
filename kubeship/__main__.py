"""How does `python -m kubeship` start?"""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from kubeship.cli.app import run  # noqa: PLC0415 - so that this module stays importable without Typer

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # Ctrl-C before a command has begun, or after its end: there is nothing to say


if __name__ == "__main__":
    main()
