"""How does `python -m kubeship` start?"""

import gc
import sys

OBJECTS = 50_000
"""Of new objects between two looks for garbage. Python's own 700 makes a tenth of a short command's time."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS)
    try:
        from kubeship.cli.app import run  # noqa: PLC0415 - so that this module stays importable without Typer

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # Ctrl-C before a command has begun, or after its end: there is nothing to say


if __name__ == "__main__":
    main()
