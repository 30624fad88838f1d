"""Are the numbers of gunicorn's own file read, where they are written out or the default of a variable?"""

from pathlib import Path

import pytest

from kubeship.inspection.files.sources import read_sources
from kubeship.inspection.statements.server_numbers import server_numbers


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("workers = 4", ("workers", "4")),
        ('threads = int(os.environ.get("THREADS", "6"))', ("threads", "6")),
        ('timeout = os.getenv("TIMEOUT", 90)', ("timeout", "90")),
        ("workers = multiprocessing.cpu_count() * 2 + 1", ("workers", "")),
        ('worker_class = "gevent"', ("worker_class", "gevent")),
    ],
)
def test_number_is_what_the_file_says_or_nothing(line: str, expected: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text(f"import multiprocessing, os\nbind = ':80'\n{line}\n")

    (found,) = server_numbers(read_sources(tmp_path), "gunicorn", None, ".")

    assert found.value == expected
    assert (found.origins[0].path, found.origins[0].line) == ("gunicorn.conf.py", 3)


def test_file_of_another_server_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("workers = 4\n")

    assert server_numbers(read_sources(tmp_path), "uvicorn", None, ".") == ()
