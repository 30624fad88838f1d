"""How does `python -m kubeship` start, and how does it end?"""

import gc
import sys

OBJECTS = 200_000
"""Of new objects between two looks for garbage. By Python's own 700, or 50,000, most of them come while modules are
imported, find nothing, and make a tenth of a short command's time."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS)
    try:
        from kubeship.cli.app import run  # noqa: PLC0415 - so that this module stays importable without Typer

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # Ctrl-C before a command has begun, or after its end: there is nothing to say
    finally:
        # Python's last look for garbage takes a seventh of a deploy that changes nothing, and all is given back anyway.
        gc.freeze()


if __name__ == "__main__":
    main()
