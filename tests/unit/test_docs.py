"""Do the documents say what the program does? Commands, options, exit codes and links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main

from kubeship.cli.app import app
from kubeship.cluster.permissions import HELPFUL, OWN
from kubeship.config.draft import DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.json_schema import json_schema
from kubeship.config.lock import Lock
from kubeship.errors import ExitCode
from kubeship.inspection.project import inspect
from kubeship.model.dockerfile import instructions
from kubeship.model.events import Event
from kubeship.model.logs import LogEntry
from kubeship.planning.plan import plan
from kubeship.planning.servers import SERVERS
from kubeship.rendering.render import render
from kubeship.ui.document import event_name

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ROOT / "docs" / "commands.md"
IMAGES = ROOT / "docs" / "images.md"
DEPLOY = ROOT / "docs" / "deploy.md"
CONFIGURATION = ROOT / "docs" / "kubeship-yaml.md"
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
FOR_ALL = "Options of every command"
BY_CLICK = {"--help", "-h", "--install-completion", "--show-completion"}

SCHEMAS = {"inspect": "kubeship.inspection/1"}
"""Of documents that are not named after their command."""

GROUP = typer.main.get_group(app)
NAMES = sorted(GROUP.commands)


def test_every_command_has_its_section() -> None:
    documented = {title for title in sections(COMMANDS.read_text()) if title.startswith("kubeship ")}

    assert documented == {f"kubeship {name}" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_a_command_is_in_its_section(name: str) -> None:
    section = sections(COMMANDS.read_text())[f"kubeship {name}"]

    mentioned = set(OPTION.findall(subjects(section)))

    assert mentioned == options_of(name)


def test_the_options_of_every_command_are_documented_once() -> None:
    section = sections(COMMANDS.read_text())[FOR_ALL]

    mentioned = set(OPTION.findall(subjects(section)))

    assert mentioned == {option for parameter in GROUP.params for option in long_options(parameter)} - BY_CLICK


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_stands_beside_its_option(name: str) -> None:
    section = sections(COMMANDS.read_text())[f"kubeship {name}"]
    parameters = [parameter for parameter in GROUP.commands[name].params if long_options(parameter)]

    documented = {option: cells[1] for cells in rows(section) if len(cells) > 1 for option in OPTION.findall(cells[0])}
    read = {option: f"`{p.envvar}`" if p.envvar else "" for p in parameters for option in long_options(p) - BY_CLICK}

    assert documented == read


@pytest.mark.parametrize("name", NAMES)
def test_every_json_document_is_named_with_its_schema(name: str) -> None:
    section = sections(COMMANDS.read_text())[f"kubeship {name}"]

    schema = SCHEMAS.get(name, f"kubeship.{name}/1")

    assert (f"`{schema}`" in section) == ("--json" in options_of(name))


def test_every_event_is_documented() -> None:
    documented = set(re.findall(r"`([a-z-]+)`", subjects(sections(COMMANDS.read_text())["JSON"])))

    assert documented == {event_name(kind) for kind in (*get_args(Event), LogEntry)}


def test_exit_codes_are_those_of_the_program() -> None:
    documented = [cells[0] for cells in rows(sections(COMMANDS.read_text())["Exit codes"]) if cells[0].isdigit()]

    assert [int(code) for code in documented] == [int(code) for code in ExitCode]


def test_every_key_of_the_configuration_is_documented() -> None:
    keys = sections(CONFIGURATION.read_text())["Keys"]
    schema = json_schema()
    models = {name: model for name, model in schema["$defs"].items() if not name.endswith("Overlay")}

    documented = {word for key in re.findall(r"`([^`]+)`", subjects(keys)) for word in re.findall(r"\b[a-z_]+\b", key)}

    assert documented - {"name"} == {*schema["properties"], *properties(models)} - {"name"}


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_the_documented_configuration_is_valid(environment: str) -> None:
    example = re.findall(r"^```yaml\n(.*?)^```", CONFIGURATION.read_text(), flags=re.MULTILINE | re.DOTALL)[0]

    configuration, target, name = parsed(example).configuration(environment)

    assert (configuration.name, name) == ("shop", environment)
    assert target.namespace


def test_every_line_of_the_dockerfile_is_explained() -> None:
    project = inspect(ROOT / "examples" / "django-shop", {})
    drafted = draft(project, {}, None, Lock(), DraftOptions(), servers=SERVERS)
    planned = plan(*parsed(drafted.text).configuration(None), drafted.lock)

    written = [line for line in render(planned)["Dockerfile"].splitlines() if line and not line.startswith("#")]
    titles = sections(IMAGES.read_text())
    stages = titles["The first stage builds"] + titles["The second stage runs"]
    explained = [line for block in code_blocks(stages) for line in block.splitlines() if line]

    assert explained == written


def test_what_other_dockerfiles_hold_is_explained() -> None:
    text = IMAGES.read_text()
    explained = " ".join([*re.findall(r"`([^`]+)`", text), *code_blocks(text)])
    programs = r"(?:^|&& |\s)(npm|pnpm|yarn|uv|poetry|pdm|pipenv|micromamba|pyinstaller)\s"

    written = {
        word
        for path in (ROOT / "tests" / "golden").glob("*/*/Dockerfile")
        for each in instructions(path.read_text())
        for word in (each.name, *re.findall(r"--mount=type=\w+", each.text), *re.findall(programs, each.text))
    }

    assert [word for word in sorted(written) if not re.search(rf"(?<![\w-]){word}(?![\w-])", explained)] == []


def test_every_rule_for_dockerfiles_is_documented() -> None:
    documented = set(re.findall(r"`([a-z-]+)`", subjects(sections(IMAGES.read_text())["A Dockerfile of your own"])))
    source = "".join(path.read_text() for path in (ROOT / "kubeship/images/dockerfile_check").glob("*.py"))

    assert documented == set(re.findall(r"Hit\(\s*\"([a-z-]+)\"", source))


def test_permissions_are_those_that_check_asks_for() -> None:
    section = sections(DEPLOY.read_text())["The permissions that it needs"]

    documented = {(cells[0], cells[1]) for cells in rows(section)}

    assert {(resource, ", ".join(verbs)) for _, resource, verbs in OWN} <= documented
    assert {(one.resource, ", ".join(one.verbs)) for one in HELPFUL} <= documented


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_resolve(document: Path) -> None:
    broken = [
        target
        for target in links(document.read_text())
        if not target.startswith(("http:", "https:")) and not resolves(target, document)
    ]

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_examples_exist(document: Path) -> None:
    called = re.findall(r"^(?:\$ )?kubeship ([a-z]+)", "\n".join(code_blocks(document.read_text())), flags=re.MULTILINE)

    assert set(called) <= set(NAMES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_files_exist(document: Path) -> None:
    named = re.findall(r"`((?:kubeship|templates|charts|tests|examples|benchmarks)/[\w./-]+)`", document.read_text())

    missing = sorted({path for path in named if not (ROOT / path).exists()})

    assert missing == []


def sections(text: str) -> dict[str, str]:
    """The text under each second-level heading, by the heading's words without backquotes."""
    parts = re.split(r"^## +(.+)$", text, flags=re.MULTILINE)
    return {title.replace("`", ""): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def rows(section: str) -> list[list[str]]:
    """The cells of each row of the section's tables."""
    lines = (line for line in section.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def subjects(section: str) -> str:
    """The first cell of each row: what the row is about."""
    return "\n".join(cells[0] for cells in rows(section))


def properties(schema: Any) -> Iterator[str]:
    """The names of all properties in a JSON Schema, however deep."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from properties(part)


def options_of(name: str) -> set[str]:
    """The long options of a command, `--no-` forms included."""
    parameters = GROUP.commands[name].params
    return {option for parameter in parameters for option in long_options(parameter)} - BY_CLICK


def long_options(parameter: object) -> set[str]:
    """Its names of the form `--name`; none for an argument."""
    names = [*getattr(parameter, "opts", ()), *getattr(parameter, "secondary_opts", ())]
    return {name for name in names if name.startswith("--")}


def links(text: str) -> Iterator[str]:
    """The targets of links outside of code."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"(?<!`)\[[^\]]+\]\(([^)\s]+)\)", prose)


def code_blocks(text: str) -> list[str]:
    """What stands between fences, and in indented blocks."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}(.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return [*fenced, *indented]


def resolves(target: str, document: Path) -> bool:
    """Whether a relative link leads to a file, and its fragment to a heading."""
    path, _, fragment = target.partition("#")
    file = (document.parent / path) if path else document
    if not file.exists():
        return False
    return not fragment or fragment in anchors(file.read_text())


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown reader makes of headings: lower case, dashes for spaces, no punctuation."""
    titles = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
