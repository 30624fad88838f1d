"""How are golden files renewed? `make golden`, which is `pytest tests/unit/rendering --update-golden`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew instead of comparing")
