"""Does a command end as it should when somebody stops it, and does it know who runs it?"""

import getpass
import os
import signal
from contextlib import suppress
from typing import NoReturn

import pytest

from kubeship.cli.adapters import holder
from kubeship.cli.options import Settings
from kubeship.cli.screen import screen
from kubeship.errors import KubeshipError, Terminated


def test_sigterm_is_no_error_that_a_command_may_handle_on_its_way() -> None:
    went_on = False

    with pytest.raises(Terminated), screen("check", Settings()):
        with suppress(KubeshipError, Exception):
            os.kill(os.getpid(), signal.SIGTERM)
        went_on = True

    assert not went_on


def test_a_user_without_a_name_is_called_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> NoReturn:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)

    assert holder().startswith(f"uid{os.getuid()}@")
    assert holder().endswith(f":{os.getpid()}")
