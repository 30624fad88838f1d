"""What do a project's own manifests mean for kubeship.yaml? What somebody chose there stands before a default."""

from collections.abc import Iterable

from kubeship.config.findings import Finding
from kubeship.model.project import Project


def with_deployed(findings: Iterable[Finding], project: Project) -> tuple[Finding, ...]:
    """The findings, with the values that manifests state in place of kubeship's own."""
    stated = {each.value[0]: Finding(each.value[0], each.value[1], each.origins) for each in project.deployed}
    found = tuple(findings)
    known = {each.path for each in found}
    secret = {key for each in found if each.path == ("secrets", "keys") for key in each.value}
    more = [
        each
        for path, each in stated.items()
        # A Secret's name says nothing without keys, and a secret value has no place in variables.
        if path not in known and path != ("secrets", "from") and not (path[0] == "variables" and path[1] in secret)
    ]
    return (*(stated.get(each.path, each) for each in found), *more)
