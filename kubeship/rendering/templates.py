"""How are values put into templates, so that none can break out of its place?"""

import json
import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kubeship import yaml_io
from kubeship.errors import InvalidInput
from kubeship.rendering import locations
from kubeship.rendering.image_paths import inside, model_folder


@cache
def manifest_templates() -> Environment:
    """templates/kubernetes: every `{{ value }}` is written as YAML that reads back as the value, without a filter."""
    # `include` inside a `filter indent` block is the one way to nest: a macro's text would be taken for a value.
    environment = Environment(
        loader=FileSystemLoader(locations.templates() / "kubernetes"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=yaml_io.flow,
        autoescape=False,  # noqa: S701 - YAML, not HTML; finalize escapes
    )
    environment.filters["literal"] = literal
    return environment


@cache
def image_templates() -> Environment:
    """templates/Dockerfile.j2 and dockerignore.j2: the filters below quote what stands in an instruction."""
    environment = Environment(
        loader=FileSystemLoader(locations.templates()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - a Dockerfile, not HTML
    )
    environment.filters |= {
        "base_name": posixpath.basename,
        "copy_words": copy_words,
        "dockerfile_word": dockerfile_word,
        "environment_lines": environment_lines,
        "exec_form": exec_form,
        "quoted": quoted,
        "flags": flags,
        "ignore_word": ignore_word,
        "indented": indented,
        "inside": inside,
        "label_words": label_words,
        "model_folder": model_folder,
        "shell_word": shlex.quote,
        "shell_words": shlex.join,
        "step_with": step_with,
    }
    return environment


def quoted(text: str) -> str:
    """A word in the configuration of nginx, Apache or lighttpd; kubeship.yaml takes none that holds a quote."""
    return f'"{text}"'


def literal(text: str) -> str:
    """A command's word or a variable's value as Kubernetes leaves it alone: it expands `$(NAME)` and halves `$$`.

    Source: kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1, `command` and `env.value`.
    """
    return re.sub(r"\$(?=[$(])", "$$", text)


def dockerfile_word(text: str) -> str:
    """One word of ENV or WORKDIR, quoted where it must be. Raises InvalidInput for a line break."""
    if re.search(r"[\r\n]", text):
        raise InvalidInput(
            f"A value for the Dockerfile holds a line break, which an ENV or WORKDIR line can't: {text[:60]!r}",
            hint="put it into `variables` of kubeship.yaml, from where it goes into the pods",
        )
    if re.fullmatch(r"[A-Za-z0-9_./:@%+,=-]+", text):
        return text
    escaped = re.sub(r'(["\\$])', r"\\\1", text)
    return f'"{escaped}"'


def environment_lines(variables: Mapping[str, str]) -> str:
    """More variables for an ENV instruction, one a line, sorted by name."""
    return "".join(f" \\\n    {name}={dockerfile_word(value)}" for name, value in sorted(variables.items()))


def label_words(labels: Mapping[str, str]) -> str:
    """The labels of a LABEL instruction, one a line, sorted by name."""
    return " \\\n    ".join(
        f"{dockerfile_word(name)}={dockerfile_word(value)}" for name, value in sorted(labels.items())
    )


def flags(values: Sequence[str], option: str) -> str:
    """` --extra a --extra b`, quoted for a shell."""
    return "".join(f" {option} {shlex.quote(value)}" for value in values)


def ignore_word(path: str) -> str:
    """A line of .dockerignore that means this very path: Go's file patterns, and # and !, are escaped."""
    escaped = re.sub(r"[\\*?\[\]]", r"\\\g<0>", path)
    return f"\\{escaped}" if escaped.startswith(("#", "!")) else escaped


def indented(text: str) -> str:
    """Another word of the command, after a blank."""
    return f" {text}"


def exec_form(words: Sequence[str]) -> str:
    """The JSON form of an instruction: no shell and no expansion (docs.docker.com/reference/dockerfile)."""
    return json.dumps(list(words), ensure_ascii=False)


def copy_words(files: Sequence[str], folder: str) -> str:
    """What COPY takes: the files, then the folder that they go into."""
    words = [*files, posixpath.join(folder, "")]
    if all(re.fullmatch(r"[A-Za-z0-9_./@%+=,-]+", word) for word in words):
        return " ".join(words)
    # COPY expands variables and Go's file patterns, in the JSON form too.
    return exec_form([re.sub(r"[\[*?]", r"[\g<0>]", word).replace("$", r"\$") for word in words])


def step_with(step: str, variables: Mapping[str, str]) -> str:
    """A shell command for RUN, with variables that exist while it runs.

    A step of several lines is a script that stops at the first line that fails.
    """
    assignments = [(name, value) for name, value in sorted(variables.items())]
    if "\n" in step.strip() or step.endswith("\\") or any("\n" in value for _, value in assignments):
        # RUN's shell form ends at a line break, and heredocs need a newer BuildKit than 20.10's.
        words = ["/bin/sh", "-ec", step.strip()]
        return exec_form(["env", *(f"{name}={value}" for name, value in assignments), *words] if assignments else words)
    if not assignments:
        return step.strip()
    # Exported, because an assignment before a command holds for that one command only: `X=1 cd app && make`.
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in assignments)
    return f"export {exports} \\\n    && {step.strip()}"
