"""python -m tests.stack up | status | down [--purge]"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.stack.down import down
from tests.stack.errors import StackError
from tests.stack.place import CHECKOUT
from tests.stack.status import status
from tests.stack.up import locked, up


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stack", description="The servers that the tests run against."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="bring up what is not up yet, and wait until it serves")
    commands.add_parser("status", help="each server's state; exit 0 when all are ready")
    ending = commands.add_parser("down", help="stop everything")
    ending.add_argument("--purge", action="store_true", help="remove the kept images too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where Debian keeps servers, also for those who came by plain su
    try:
        if options.command == "up":
            up()
        elif options.command == "down":
            with locked(CHECKOUT):
                down(options.purge)
        else:
            return status()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
