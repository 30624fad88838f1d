"""What does kubeship.yaml say, and what for one environment? Errors name the line, all of them at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from kubeship.config.complaints import Complaint, complaints, unknown_key
from kubeship.config.json_schema import SHARED_BY_ENVIRONMENTS
from kubeship.config.merge import merge
from kubeship.config.schema import Configuration, Target
from kubeship.errors import InvalidInput
from kubeship.yaml_io import Path
from kubeship.yaml_io import load as load_yaml

CONFIG_FILE = "kubeship.yaml"
TARGET_KEYS = frozenset(Target.model_fields)


@dataclass(frozen=True)
class ConfigFile:
    """kubeship.yaml as it was read."""

    source: str
    """What errors call it: `kubeship.yaml`."""
    text: str
    raw: Mapping[str, Any]

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """The line (from 1) of each key and item; only a file with something wrong in it is asked for them."""
        from kubeship.yaml_io.reading import load_with_lines  # noqa: PLC0415 - ruamel takes 40 ms to import

        return load_with_lines(self.text, self.source)[1]

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of all environments, in order."""
        stated = self.raw.get("environments")
        return tuple(str(name) for name in stated) if isinstance(stated, Mapping) else ()

    def configuration(self, environment: str | None) -> tuple[Configuration, Target, str]:
        """What holds in one environment, where it is, and its name; None is enough while there is only one.

        Raises InvalidInput with everything that is wrong, one a line.
        """
        name = self._chosen(environment)
        self._require_sound(self._misplaced())
        overlay = self._overlay(name)
        target = self._targets()[name]
        own = {key: value for key, value in overlay.items() if key not in TARGET_KEYS}
        return self._validated(merge(self.raw, own), name), target, name

    def image_configuration(self) -> Configuration:
        """What holds without any overlay: the image is made from it, and is the same for all environments."""
        return self._validated(self.raw, None)

    def value(self, key: str) -> Any:
        """What stands at `processes.web.entrypoint`; None where nothing does."""
        found: Any = self.raw
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return None
            found = found[part]
        return found

    def _chosen(self, environment: str | None) -> str:
        known = self.environments
        if not known:
            # Schema errors say more than that no environment was found.
            self._validated(self.raw, None)
        if environment is None and len(known) == 1:
            return known[0]
        if environment is None:
            raise InvalidInput(
                f"{self.source} has {len(known)} environments: {', '.join(known)}", hint=f"add --env {known[0]}"
            )
        if environment not in known:
            raise InvalidInput(
                f"{self.source} has no environment {environment}; it has {', '.join(known)}",
                hint=f"use --env {known[0]}, or add environments.{environment} to {self.source}",
            )
        return environment

    def _overlay(self, environment: str) -> Mapping[str, Any]:
        overlay = self.raw["environments"][environment]
        return overlay if isinstance(overlay, Mapping) else {}

    def _targets(self) -> dict[str, Target]:
        targets: dict[str, Target] = {}
        wrong: list[Complaint] = []
        for name in self.environments:
            stated = {key: value for key, value in self._overlay(name).items() if key in TARGET_KEYS}
            try:
                target = Target.model_validate(stated)
            except ValidationError as error:
                found = complaints(error.errors(), Target)
                wrong += (Complaint(("environments", name, *each.path), each.message) for each in found)
                continue
            same = next((other for other, place in targets.items() if place == target), None)
            if same is not None:
                wrong.append(Complaint(("environments", name), f"has the same context and namespace as {same}"))
            targets[name] = target
        self._require_sound(wrong)
        return targets

    def _misplaced(self) -> Iterable[Complaint]:
        """What stands in an overlay and can't."""
        known = (set(Configuration.model_fields) | TARGET_KEYS) - set(SHARED_BY_ENVIRONMENTS)
        for name in self.environments:
            for key in self._overlay(name):
                path = ("environments", name, key)
                if key in SHARED_BY_ENVIRONMENTS:
                    yield Complaint(path, "can't differ between environments, because they share one image")
                elif key not in known:
                    yield Complaint(path, unknown_key(str(key), known))

    def _validated(self, merged: Mapping[str, Any], environment: str | None) -> Configuration:
        try:
            return Configuration.model_validate(merged)
        except ValidationError as error:
            found = complaints(error.errors(), Configuration)
        self._require_sound(Complaint(self._stated_at(each.path, environment), each.message) for each in found)
        raise AssertionError("pydantic refused the file without saying why")

    def _stated_at(self, path: Path, environment: str | None) -> Path:
        """The path in the file that a path in the merged configuration comes from."""
        overlaid: Path = ("environments", environment or "", *path)
        return overlaid if overlaid in self.lines and path != () else path

    def _require_sound(self, wrong: Iterable[Complaint]) -> None:
        # In the order of the file, so that a person can go through it from top to bottom.
        found = sorted({(self._line(each.path), _sentence(each)) for each in wrong})
        if found:
            message = "\n".join(f"{self.source}:{line}: {sentence}" for line, sentence in found)
            raise InvalidInput(message, hint=f"correct {self.source}:{found[0][0]}, then run the command again")

    def _line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(path: FilePath) -> ConfigFile:
    """Read kubeship.yaml. Raises InvalidInput when it is missing, unreadable, or no YAML mapping."""
    try:
        text = path.read_bytes().decode("utf-8")  # with the line ends that it has
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no {path.name} in {path.parent}", hint="run kubeship init") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}", hint=f"make {path} a readable UTF-8 file") from error
    return parsed(text, path.name)


def parsed(text: str, source: str = CONFIG_FILE) -> ConfigFile:
    """The file with this text. Raises InvalidInput when it is no YAML mapping."""
    raw = load_yaml(text, source)
    if not isinstance(raw, Mapping):
        found = "is empty" if raw is None else f"holds a {type(raw).__name__}, expected a mapping"
        raise InvalidInput(f"{source} {found}", hint=f"delete {source} and run kubeship init")
    return ConfigFile(source, text, raw)


def _sentence(complaint: Complaint) -> str:
    words = ""
    for part in complaint.path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else str(part)
    return f"{words}: {complaint.message}" if words else complaint.message
