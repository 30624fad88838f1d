"""How does kubeship read and change the project's files? The one door to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from kubeship.config.file import CONFIG_FILE
from kubeship.config.lock import LOCK_FILE, Lock, dump_lock
from kubeship.errors import InvalidInput
from kubeship.model.objects import Object
from kubeship.workspace.decisions import Action, Decision, decide, hashes_after, sha256
from kubeship.workspace.manifests import objects
from kubeship.workspace.replacement import inside, replace_all

STATE = ".kubeship"
"""Evidence of failed runs; never committed."""
NEW = ".new"


@dataclass(frozen=True)
class Writing:
    """What a render or init is to write."""

    environment: str | None
    """Whose manifests are complete afterwards; None: of no environment (a chart)."""
    config_text: str
    """kubeship.yaml, new or as it stands."""
    wanted: Mapping[str, str]
    """Path -> text of everything rendered."""
    lock: Lock
    read_besides: str = ""
    """What else the manifests come from: the project's files that kubeship.yaml names."""


@dataclass(frozen=True)
class Workspace:
    """One project's directory."""

    root: Path

    def decide(self, writing: Writing, *, force: bool = False) -> tuple[Decision, ...]:
        """What would happen to each file, kubeship.yaml and kubeship.lock included. Changes nothing."""
        files = self._files(writing, force)
        own = {CONFIG_FILE: writing.config_text, LOCK_FILE: dump_lock(_lock_after(writing, files))}
        present = self.read(own)
        return (*(_owned(path, text, present.get(path)) for path, text in own.items()), *files)

    def write(self, writing: Writing, *, force: bool = False) -> tuple[Decision, ...]:
        """Do what `decide` says, all of it or nothing; conflicts put kubeship's text beside the file as `<file>.new`.

        Raises InvalidInput for symlinks and paths outside, MissingPrecondition when the disk refuses.
        """
        decisions = self.decide(writing, force=force)
        texts = {
            f"{each.path}{NEW}" if each.action is Action.CONFLICT else each.path: each.text
            for each in decisions
            if each.changes and each.text is not None
        }
        texts.update(self._gitignore())
        # The lock comes last: after a kill in between, files that are already right count as unchanged.
        ordered = dict(sorted(texts.items(), key=lambda item: (item[0] == LOCK_FILE, item[0])))
        replace_all(self.root, ordered, [each.path for each in decisions if each.action is Action.DELETE])
        return decisions

    def write_config(self, text: str) -> None:
        """Replace kubeship.yaml and nothing else. Raises MissingPrecondition when the disk refuses."""
        replace_all(self.root, {CONFIG_FILE: text})

    def read(self, paths: Iterable[str]) -> dict[str, str]:
        """The texts of those files that exist. Raises InvalidInput for symlinks and paths outside the project."""
        texts = {}
        for path in paths:
            place = inside(self.root, path)
            if place.exists():
                texts[path] = _text(place, path)
        return texts

    def stale(self, environment: str, read: str, lock: Lock) -> bool:
        """Whether what was `read` (kubeship.yaml, and what it names) has changed since the files were rendered."""
        return lock.rendered_from.get(environment) != sha256(read)

    def has_others_in_deploy(self) -> bool:
        """Whether deploy/ holds anything beside manifests."""
        ours = (".yaml", ".yml", f".yaml{NEW}")
        return any(not place.name.endswith(ours) for place in (self.root / "deploy").rglob("*") if not place.is_dir())

    def manifests(self, environment: str) -> tuple[Object, ...]:
        """All objects in `deploy/<environment>/*.yaml`. Raises InvalidInput with `file:line`, or when there is none."""
        directory = self.root / "deploy" / environment
        # Dotfiles are editors' business (emacs' locks are symlinks that lead nowhere).
        places = sorted(place for place in directory.glob("[!.]*") if place.suffix in {".yaml", ".yml"})
        texts = {path: _manifest(place, path) for place in places for path in [place.relative_to(self.root).as_posix()]}
        found = objects(texts)
        if not found:
            raise InvalidInput(
                f"deploy/{environment} holds no Kubernetes objects", hint=f"run kubeship render --env {environment}"
            )
        return found

    def save_evidence(self, run: str, files: Mapping[str, str], elsewhere: Path | None = None) -> Path:
        """Write what is known of a failed run into `.kubeship/runs/<run>/`, or `elsewhere`; returns that directory."""
        directory = elsewhere / run if elsewhere else self.root / STATE / "runs" / run
        directory.mkdir(parents=True, exist_ok=True)
        replace_all(directory, dict(files))
        return directory

    def _files(self, writing: Writing, force: bool) -> tuple[Decision, ...]:
        # This run answers for the directories that it writes into: not for other environments or formats, and not for
        # the root, where a Dockerfile that is no longer wanted may be the one that build.dockerfile names.
        written = {parent for path in writing.wanted if (parent := _parent(path)) != "."}
        known = {
            path: each
            for path, each in writing.lock.files.items()
            if path in writing.wanted or _parent(path) in written
        }
        return decide(writing.wanted, self.read({*writing.wanted, *known}), known, force=force)

    def _gitignore(self) -> dict[str, str]:
        present = self.read([".gitignore"]).get(".gitignore", "")
        if any(line.strip().strip("/") == STATE for line in present.splitlines()):
            return {}
        separator = "" if not present or present.endswith("\n") else "\n"
        return {".gitignore": f"{present}{separator}{STATE}/\n"}


def _parent(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _lock_after(writing: Writing, files: tuple[Decision, ...]) -> Lock:
    rendered_from = dict(writing.lock.rendered_from)
    if writing.environment is not None:
        rendered_from[writing.environment] = sha256(writing.config_text + writing.read_besides)
    return replace(writing.lock, files=hashes_after(files, writing.lock.files), rendered_from=rendered_from)


def _owned(path: str, text: str, present: str | None) -> Decision:
    """kubeship.yaml and kubeship.lock: whoever computed the text has already taken care of edits."""
    if present is None:
        return Decision(path, Action.CREATE, text)
    return Decision(path, Action.UNCHANGED if present == text else Action.REPLACE, text)


def _manifest(place: Path, path: str) -> str:
    """Its text. What can't be read is no object that somebody has taken out: that one would be deleted."""
    if not place.is_file():
        found = "a symlink that leads nowhere" if place.is_symlink() else "no file"
        raise InvalidInput(f"{path} is {found}", hint=f"put a manifest there, or move {path} away")
    return _text(place, path)


def _text(place: Path, path: str) -> str:
    """A file's text, every byte of it: line ends untranslated, undecodable bytes kept as surrogates."""
    try:
        return place.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}", hint=f"make {path} readable") from error
