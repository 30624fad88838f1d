"""Where do the project's files lie in an image, and which of them does a path in the image mean?"""

import json
import posixpath
import shlex
from collections import Counter
from dataclasses import replace

from kubeship.inspection.commands.folders import HOME, joined
from kubeship.inspection.files.dockerfiles import Dockerfile, Stage, read_dockerfile, within_project
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.statements.statement import Image
from kubeship.model.origin import Found


def image_of(sources: Sources, dockerfile: Dockerfile, context: str | None) -> Image:
    """The files that the deployed stage's COPY and ADD lines put into it."""
    base = context if context is not None else _context(sources, dockerfile)
    by_stage: dict[str, tuple[tuple[str, str], ...]] = {}
    for number, stage in enumerate(dockerfile.stages):
        inherited = by_stage.get(stage.base.lower(), ())
        found = _copied(sources, stage, base, by_stage, inherited)
        by_stage[stage.name.lower() or str(number)] = found
        by_stage[str(number)] = found
        if dockerfile.lineage and stage is dockerfile.lineage[0]:
            return Image(dockerfile.path, found, base)
    return Image(dockerfile.path, (), base)


def workdir(dockerfile: Dockerfile) -> str:
    """Where the image's processes start; `/` when nothing is said."""
    folder = "/"
    for instruction in dockerfile.final:
        if instruction.name == "WORKDIR":
            folder = posixpath.normpath(posixpath.join(folder, instruction.text.strip().strip("\"'")))
    return folder


def placed(sources: Sources, own: str, folders: tuple[Found[str], ...], root: str) -> tuple[Found[str], ...]:
    """Folders of the project by their places in its own image, where that doesn't lay them out as kubeship's would.

    What isn't copied is made where processes start.
    """
    dockerfile = read_dockerfile(sources, own)
    copied = image_of(sources, dockerfile, None).copied

    def place(folder: str) -> str:
        found = (
            posixpath.join(at, posixpath.relpath(folder, inside)) for at, inside in copied if _holds(inside, folder)
        )
        made = posixpath.join(workdir(dockerfile), posixpath.relpath(folder, root))
        full = posixpath.normpath(next(found, made))
        return folder if folder.startswith("/") or full == f"/app/{folder}" else full

    return tuple(replace(each, value=place(each.value)) for each in folders)


def _holds(inside: str, folder: str) -> bool:
    return inside in (".", folder) or folder.startswith(f"{inside}/")


def file_in(sources: Sources, path: str, folder: str, image: Image) -> str | None:
    """The project's file that a path means for a process that starts in `folder`."""
    if path.startswith(HOME):
        inside = posixpath.normpath(path[2:])
        return inside if inside in sources else None
    full = joined(folder, path)
    if full.startswith(HOME):
        inside = posixpath.normpath(full[2:])
        return inside if inside in sources else within_project(sources, path, image.context)
    if not full.startswith("/"):
        return full if full in sources else None
    for place, inside in image.copied:
        rest = posixpath.relpath(full, place)
        candidate = inside if rest == "." else posixpath.normpath(posixpath.join(inside, rest))
        if not rest.startswith("..") and candidate in sources:
            return candidate
    return within_project(sources, full, image.context)


def folder_in(sources: Sources, folder: str, image: Image) -> str:
    """The project's folder that a folder in the image means; the build context when none does."""
    if folder.startswith(HOME):
        inside = posixpath.normpath(folder[2:])
        return inside if sources.has_folder(inside) else "."
    if not folder.startswith("/"):
        inside = posixpath.normpath(folder)
        return inside if sources.has_folder(inside) else "."
    for place, inside in image.copied:
        rest = posixpath.relpath(folder, place)
        if not rest.startswith(".."):
            candidate = posixpath.normpath(posixpath.join(inside, rest))
            if sources.has_folder(candidate):
                return candidate
    votes: Counter[str] = Counter()
    for place, inside in image.copied:
        rest = posixpath.relpath(place, folder)
        if not rest.startswith("..") and rest != "." and (inside == rest or inside.endswith(f"/{rest}")):
            votes[inside[: -len(rest)].rstrip("/") or "."] += 1
    if votes:
        return max(votes, key=lambda home: (votes[home], home == image.context, -len(home)))
    parts = [part for part in folder.split("/") if part]
    for start in range(len(parts)):
        candidate = posixpath.normpath(posixpath.join(image.context, *parts[start:]))
        if candidate != "." and sources.has_folder(candidate):
            return candidate
    return image.context


def _context(sources: Sources, dockerfile: Dockerfile) -> str:
    """The nearest folder from the Dockerfile upwards in which most of what it copies lies."""
    wanted = [
        posixpath.normpath(source)
        for stage in dockerfile.stages
        for instruction in stage.instructions
        if instruction.name in ("COPY", "ADD")
        for source in _split(instruction.text)[0]
        if "--from" not in instruction.text and "*" not in source and "://" not in source
    ]
    folder = folder_of(dockerfile.path)
    choices = [folder]
    while choices[-1] != ".":
        choices.append(folder_of(choices[-1]))

    def held(choice: str) -> int:
        paths = [posixpath.normpath(posixpath.join(choice, source.lstrip("/"))) for source in wanted if source != "."]
        return sum(path in sources or sources.has_folder(path) for path in paths)

    best = max(choices, key=held)
    if held(best):
        return best
    return next((c for c in choices if any(folder_of(path) == c for path in sources.code)), ".")


def _copied(
    sources: Sources,
    stage: Stage,
    context: str,
    by_stage: dict[str, tuple[tuple[str, str], ...]],
    inherited: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, str], ...]:
    found = list(inherited)
    folder = "/"
    for instruction in stage.instructions:
        if instruction.name == "WORKDIR":
            folder = posixpath.normpath(posixpath.join(folder, instruction.text.strip().strip("\"'")))
        if instruction.name not in ("COPY", "ADD"):
            continue
        froms, target, options = _split(instruction.text)
        base = posixpath.normpath(posixpath.join(folder, target))
        for source in froms:
            if "from" in options:
                known = by_stage.get(options["from"].lower(), ())
                clean = posixpath.normpath(source)
                found = [
                    (base + place.removeprefix(clean), inside)
                    for place, inside in known
                    if place == clean or place.startswith(f"{clean}/")
                ] + found
                continue
            inside = posixpath.normpath(posixpath.join(context, source.lstrip("/")))
            if inside in sources:
                several = len(froms) > 1 or target.endswith("/") or target in (".", "./")
                found.insert(0, (posixpath.join(base, posixpath.basename(inside)) if several else base, inside))
            elif sources.has_folder(inside):
                found.insert(0, (base, inside))
    return tuple(found)


def _split(text: str) -> tuple[list[str], str, dict[str, str]]:
    """The sources, the target, and the options of a COPY or ADD line."""
    if text.lstrip().startswith("["):
        try:
            words = [str(word) for word in json.loads(text)]
        except ValueError:
            words = []
    else:
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
    options = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
    words = [word for word in words if not word.startswith("--")]
    return (words[:-1], words[-1], options) if len(words) > 1 else ([], "", options)
