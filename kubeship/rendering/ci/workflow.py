"""Which file makes a CI service test the project and deploy it?"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kubeship import yaml_io
from kubeship.model.ci import CiPlan, Service
from kubeship.rendering import locations

PATHS: dict[Service, str] = {"github": ".github/workflows/kubeship.yml", "gitlab": ".gitlab-ci.yml"}


class _Word(str):
    """A part of a longer word of YAML, written as it is."""

    __slots__ = ()


def workflow(plan: CiPlan) -> dict[str, str]:
    """Text by path relative to the repository."""

    def needs(place: int) -> list[str]:
        """The jobs before a deploy: the tests, or the deploy to the environment before."""
        if place:
            return [f"deploy-{plan.environments[place - 1]}"]
        return ["test"] if plan.test or plan.builds else []

    text = (
        _templates()
        .get_template(f"{plan.service}.yaml.j2")
        .render(plan=plan, environments=plan.environments, needs=needs)
    )
    # Blocks that are left out leave their empty lines.
    return {PATHS[plan.service]: re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"}


@cache
def _templates() -> Environment:
    """templates/ci: every `<< value >>` is written as YAML that reads back as the value.

    `{{ }}` are GitHub's own.
    """
    environment = Environment(
        loader=FileSystemLoader(locations.templates() / "ci"),
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
        autoescape=False,  # noqa: S701 - YAML, not HTML; finalize escapes
    )
    environment.filters |= {"dollars": _dollars, "hashed": _hashed, "literal": _literal, "word": _Word}
    return environment


def _finalized(value: Any) -> str:
    return value if isinstance(value, _Word) else yaml_io.flow(value)


def _literal(text: str) -> str:
    """A text in which GitHub finds no expression."""
    return text.replace("${{", "${{ '${{' }}")


def _dollars(text: str) -> str:
    """A variable's value that GitLab doesn't expand."""
    return text.replace("$", "$$")


def _hashed(files: Sequence[str]) -> str:
    """Arguments of hashFiles(); a quote in an expression is doubled."""
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files or ("pyproject.toml",))
    return _Word(quoted)
