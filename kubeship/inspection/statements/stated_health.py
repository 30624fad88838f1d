"""Which path does the project itself have asked, to know that it is alive? Probes, HEALTHCHECK, platforms' files."""

import re
from collections.abc import Iterator

from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.documents import table
from kubeship.inspection.files.sources import Sources, in_folder, is_aside
from kubeship.inspection.statements.cluster_files import containers
from kubeship.inspection.statements.compose_builds import built_services, dockerfile_of, is_compose
from kubeship.model.origin import Found, Origin

PROBES = ("livenessProbe", "startupProbe", "readinessProbe")
"""The one that restarts a pod comes first: that is what a health route is for."""
ASKED = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\{?\w+\}?)(?::[\w${}:-]+)?(/[\w./~-]*)")
# Keys of platforms' files. Sources: the reference of each file: Render, Railway, App Engine, DigitalOcean, Fly.
KEYS = {
    ".do/app.yaml": r"\bhttp_path:\s*(\S+)",
    "app.yaml": r"^\s+path:\s*(\S+)",
    "fly.toml": r"^\s*path\s*=\s*(\S+)",
    "railway.json": r"\"healthcheckPath\"\s*:\s*(\S+?),?\s*$",
    "railway.toml": r"\bhealthcheckPath\s*=\s*(\S+)",
    "render.yaml": r"\bhealthCheckPath:\s*(\S+)",
}


def stated_health(sources: Sources, folder: str) -> tuple[Found[str], ...]:
    """The paths, the most telling statement first; `/` is what people write when there is no such route.

    Manifests of several images may be about other programs: their probes are only `probed`.
    """
    found = (
        *(probed(sources) if _one_image(sources) else ()),
        *_of_platforms(sources, folder),
        *_of_image(sources, folder),
        *_of_compose(sources, folder),
    )
    return tuple(each for each in found if re.fullmatch(r"/[\w./~-]+", each.value))


def _one_image(sources: Sources) -> bool:
    images = {str(c.fields.get("image")) for c in containers(sources) if any(probe in c.fields for probe in PROBES)}
    return len(images) < 2


def probed(sources: Sources) -> Iterator[Found[str]]:
    """The paths of the probes of all containers in the repository, those for liveness first."""
    every = list(containers(sources))
    for probe in PROBES:
        for container in every:
            path = table(container.fields, probe, "httpGet").get("path")
            if isinstance(path, str):
                origin = Origin(container.origin.path, container.origin.line, f"the {probe} of {container.workload}")
                yield Found(path, (origin,))


def _of_platforms(sources: Sources, folder: str) -> Iterator[Found[str]]:
    for base in dict.fromkeys((folder, ".")):
        for name, pattern in KEYS.items():
            path = in_folder(base, name)
            for number, line in enumerate(sources.text(path).splitlines() if path in sources else (), 1):
                if match := re.search(pattern, line):
                    yield Found(match[1].strip("\"',"), (Origin(path, number, "a health check"),))


def _of_image(sources: Sources, folder: str) -> Iterator[Found[str]]:
    for path in deployed_dockerfiles(sources, folder)[:1]:
        for instruction in read_dockerfile(sources, path).final:
            if instruction.name == "HEALTHCHECK" and (match := ASKED.search(instruction.text)):
                yield Found(match[1], (Origin(path, instruction.line, "HEALTHCHECK"),))


def _of_compose(sources: Sources, folder: str) -> Iterator[Found[str]]:
    dockerfiles = deployed_dockerfiles(sources, folder)
    for path in sources.other_files:
        if not is_compose(sources, path) or is_aside(path) or b"healthcheck" not in sources.content(path):
            continue
        for name, service, lines in built_services(sources, path):
            stated = table(service, "healthcheck").get("test")
            command = " ".join(map(str, stated)) if isinstance(stated, list) else str(stated or "")
            match = ASKED.search(command)
            if match and dockerfile_of(sources, path, service["build"]) in dockerfiles:
                line = lines.get(("services", name, "healthcheck"))
                yield Found(match[1], (Origin(path, line, f"the healthcheck of {name}"),))
