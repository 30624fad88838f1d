"""Do classic monitoring systems understand a status?"""

import pytest

from kubeship.model.status import ProcessStatus
from kubeship.ui.nagios import PluginCode, code, line, unknown


def process(ready: int, wanted: int = 2, restarts: int = 0) -> ProcessStatus:
    return ProcessStatus("web", wanted, ready, restarts, "", ())


@pytest.mark.parametrize(
    ("ready", "problems", "expected"),
    [(2, (), PluginCode.OK), (1, ("web: 1 of 2 available",), PluginCode.WARNING), (0, (), PluginCode.CRITICAL)],
)
def test_the_exit_code_is_a_plugins(ready: int, problems: tuple[str, ...], expected: PluginCode) -> None:
    assert code((process(ready),), problems) is expected


def test_a_process_that_is_scaled_to_nothing_is_fine() -> None:
    assert code((process(0, wanted=0),), ()) is PluginCode.OK


def test_one_line_with_performance_data() -> None:
    said = line("shop", (process(1, restarts=3),), ("web: crash\nloop | KeyError",))

    assert said == ("SHOP WARNING - web 1/2; web: crash loop / KeyError | 'web_ready'=1;2:;1:;0;2 'web_restarts'=3c")


def test_what_cannot_be_found_out_is_unknown() -> None:
    assert unknown("shop", "no\ncluster") == "SHOP UNKNOWN - no cluster"
