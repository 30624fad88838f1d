"""Which variable of the environment isn't set, or has a value that isn't taken?"""

import re
from collections.abc import Sequence

from kubeship.model.meaning import Meaning, at
from kubeship.model.python_traceback import PythonError

VARIABLES = (
    ("EnvError", re.compile(r'Environment variable "(\w+)" not set')),
    ("ImproperlyConfigured", re.compile(r"Requested setting .* define the environment variable (\w+)", re.DOTALL)),
    ("ImproperlyConfigured", re.compile(r"Set the (\w+) (?:environment|env) variable")),
    ("ImproperlyConfigured", re.compile(r"The (SECRET_KEY) setting must not be empty")),
    ("KeyError", re.compile(r"[\"']Config '(\w+)' is missing, and has no default")),
    ("UndefinedValueError", re.compile(r"(\w+) not found\. Declare it as envvar")),
    ("ValidationError", re.compile(r"^(\w+) is required in env \w+")),
)
"""Exception, its message. Source: environs, Django (conf/__init__.py), django-environ and "Two Scoops of Django",
starlette.config, python-decouple, Dynaconf, pydantic-settings."""

_READ = re.compile(r"(?:getenv|environ\.get)\(\s*['\"](\w+)['\"]\s*\)")
_ASKED = re.compile(r"['\"](\w+)['\"] in (?:os\.)?environ\b")
_PASSED_ON = re.compile(
    r"\b[\w.]+[(\[].*?(?:getenv\(|environ\.get\(|environ\[)\s*['\"](?P<name>\w+)['\"]|"
    r"\b(?:\w*[Ee]nv(?:\(\))?|config)(?:\.\w+)?\(\s*['\"](?P<read>[A-Z][A-Z0-9_]+)['\"]"
)
"""In the source line that a traceback shows: what is missing is None, and what isn't a number is no number. Readers of
variables convert them as well (environs, django-environ, python-decouple)."""
_REFUSING = frozenset({"InvalidOperation", "JSONDecodeError", "KeyError", "ValueError", "ZoneInfoNotFoundError"})


def given_by(error: PythonError) -> str:
    """The variable whose value is handed on in the project's own line; empty where that line doesn't say."""
    found = list(_PASSED_ON.finditer(f"{error.source}\n{error.text}"))
    return (found[-1]["name"] or found[-1]["read"]) if found else ""


def missing_variable(error: PythonError) -> Meaning | None:
    """A variable of the environment that isn't set, in the words of those who read variables."""
    names = _variables(error)
    if not names:
        return None
    several = len(names) > 1
    which = f"variables {_listed(names)}, which are" if several else f"variable {names[0]}, which is"
    prefix = ", after the env_prefix of its class, where that has one" if error.name == "ValidationError" else ""
    return Meaning(
        f"needs the environment {which} not set{at(error)}",
        f"{_set(names)}{prefix}; under `build: {{variables: {{...}}}}` for the build and its verification",
    )


def missing_by_its_words(error: PythonError) -> Meaning | None:
    """The project's own check: `RuntimeError: STRIPE_KEY must be set`."""
    found = not_set(" ".join(error.message[:LONGEST].split("\n")[:3]))
    return found and Meaning(f"{found.cause}{at(error)}", found.remedy)


def not_set(said: str) -> Meaning | None:
    """What a line, in whatever words, says is missing and calls by a variable's name; None when it says no such."""
    of_environment = re.search(_ENVIRONMENT, said)
    names = [name for name in re.findall(_ANY_NAME if of_environment else _NAME, said) if name not in _NO_NAMES]
    if not names or not (of_environment or re.search(_LACKS, said)) or not re.search(_LACKING, said):
        return None
    names = list(dict.fromkeys(names))[:MOST_NAMES]
    alternatives = bool(re.search(r"\b(?:[Ee]ither|or)\b", said))
    is_not = "are" if len(names) > 1 and not alternatives else "is"
    return Meaning(f"needs {_listed(names, alternatives)}, which {is_not} not set", _set(names))


_ENVIRONMENT = (
    r"(?i:\benv(?:ironment)?[ _-]?var(?:iable)?s?\b|\bin (?:the |its |your )?env(?:ironment)?\b)|\b(?i:env) (?=[A-Z])"
)
_NAME = r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
_ANY_NAME = r"\b[A-Z][A-Z0-9_]{2,}\b"
_NO_NAMES = frozenset({"CRITICAL", "DEBUG", "ENV", "ERROR", "FATAL", "INFO", "NOTE", "NOTICE", "WARN", "WARNING"})
_TO_SET = r"(?:have to|must|need(?:s)? to|please|should) (?:add|define|export|provide|set|specify)(?: an?)?"
_LACKING = (
    rf"(?i)\bmissing\b|\brequire[ds]?\b|\bun(?:set|defined)\b|\bmust be (?:set|provided|defined|given)\b|\bempty\b|"
    rf"{_TO_SET}\b|(?:\bnot|n't) (?:been )?(?:set|found|defined|provided|given|configured|present|specified)\b"
)
_LACKS = (
    rf"{_NAME}['\"`]?,? (?:(?:environment |env )?(?:variable |var |setting )?)"
    r"(?:(?:is|are|was|has|have|must)(?: been| be)? |(?:is|was)n't )?"
    r"(?:not (?:set|defined|provided|given|configured|specified)|missing|required|unset|undefined|empty|set\b|provided|"
    rf"defined|given)|(?i:missing|requires?|required|{_TO_SET})(?: \w+)?:? ['\"`$]?{_NAME}"
)
MOST_NAMES = 4
LONGEST = 1000
"""Characters of a message that are looked at."""


def _listed(names: Sequence[str], alternatives: bool = False) -> str:
    """`A, B and C`."""
    last = f" {'or' if alternatives else 'and'} {names[-1]}" if len(names) > 1 else names[0]
    return f"{', '.join(names[:-1])}{last}"


def _set(names: Sequence[str]) -> str:
    which = _listed(names)
    return f"set {which} under `variables:` in kubeship.yaml, or under `secrets: {{keys: [...]}}` when it is secret"


def invalid_variable(error: PythonError) -> Meaning | None:
    """environs and pydantic-settings name the variable whose value they refuse; elsewhere the source line does."""
    name, said = _refused(error)
    if not name:
        return None
    return Meaning(
        f"refuses the value of the environment variable {name}{at(error)}: {said}".rstrip(": "),
        f"correct {name} under `variables:` in kubeship.yaml, or in the Secret that it comes from",
    )


def _refused(error: PythonError) -> tuple[str, str]:
    """The variable whose value isn't taken, and why; nothing where that isn't known."""
    first = error.message.split("\n")[0]
    if error.name == "SettingsError" and (field := re.search(r'error parsing value for field "(\w+)"', first)):
        return field[1].upper(), "a list or a structure is written as JSON"
    if error.name.startswith("Env"):
        found = re.search(r'Environment variable "(\w+)" (?:invalid|empty)[: ]*(.*)', error.message)
        return (found[1], found[2]) if found else ("", "")
    if fields := _fields(error):
        return fields[0]
    return (given_by(error), first) if error.name in _REFUSING else ("", "")


def _fields(error: PythonError) -> list[tuple[str, str]]:
    """The variables that pydantic-settings refuses, and why; it doesn't tell an env_prefix."""
    read_from_variables = "pydantic_settings/" in error.text or "env_settings" in error.text
    if error.name != "ValidationError" or not (read_from_variables or _SETTINGS_CLASS.search(error.message)):
        return []
    found = re.findall(r"^([\w.]+)\n\s+(.+?)(?: \[type=| \(type=|$)", error.message, re.MULTILINE)
    return [(name.upper().replace(".", "__"), said) for name, said in found]


_SETTINGS_CLASS = re.compile(r"errors? for \w*(?:Settings|Config|Conf|Env)\w*\n")


def _variables(error: PythonError) -> list[str]:
    from_environment = error.raised_in == "<frozen os>" or error.raised_in.endswith("/os.py")
    if error.type == "KeyError" and from_environment:
        return [error.message.split("\n")[0].strip("'\"")]  # below it may stand what another worker wrote just then
    if "NoneType" in error.message and (read := _READ.findall(error.text)):
        return [str(read[-1])]
    if error.name == "AssertionError" and (read := [*_READ.findall(error.source), *_ASKED.findall(error.source)]):
        return [str(read[-1])]
    if missing := [name for name, said in _fields(error) if said.lower() == "field required"]:
        return missing
    found = (pattern.search(error.message) for name, pattern in VARIABLES if name == error.name)
    variable = next((match[1] for match in found if match), "")
    return [variable] if variable else []
