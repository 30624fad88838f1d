"""Projects that a test writes down file by file."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Written = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes the files below one folder, and returns it."""

    def write(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    return write
