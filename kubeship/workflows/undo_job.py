"""Which Job undoes what a release step did?

While it is there, the step is undone, or on the way to it: so it stays until the command that undoes has recorded its
end, and goes before the step runs again.
"""

from collections.abc import Iterable
from dataclasses import replace

from kubeship.model.objects import RELEASE_ANNOTATION, ROLLBACK_ANNOTATION, Object, ObjectRef, is_release_step, ref
from kubeship.model.revision import Revision
from kubeship.planning.commands import exec_form

SUFFIX = "-undo"
WITHOUT = frozenset({"never", "safe"})
"""Ways back that no command stands for."""


def way(job: Object) -> str:
    """`never`, `safe`, or the command that undoes the step."""
    return str((job["metadata"].get("annotations") or {}).get(ROLLBACK_ANNOTATION) or "safe")


def undo_job(job: Object) -> Object:
    """The Job that runs a release step's `rollback:` command in its place."""
    metadata, spec = job["metadata"], job["spec"]
    template = spec["template"]
    first, *others = template["spec"]["containers"]
    command = list(exec_form(way(job), f"{ref(job)}: {ROLLBACK_ANNOTATION}"))
    undone = {**{key: value for key, value in first.items() if key != "args"}, "command": command}
    own = {ROLLBACK_ANNOTATION, RELEASE_ANNOTATION}
    annotations = {key: value for key, value in metadata["annotations"].items() if key not in own}
    return {
        **job,
        "metadata": {**metadata, "name": undo_ref(job).name, "annotations": annotations},
        "spec": {
            **spec,
            "template": {**template, "spec": {**template["spec"], "containers": [undone, *others]}},
        },
    }


def undo_ref(job: Object) -> ObjectRef:
    """What that Job is called; a Job's name becomes a label, so 63 characters are the limit."""
    return replace(ref(job), name=f"{job['metadata']['name'][: 63 - len(SUFFIX)]}{SUFFIX}")


def undo_refs(records: Iterable[Revision]) -> tuple[ObjectRef, ...]:
    """Those of all release steps on record that a command undoes, each once."""
    steps = (item for record in records for item in record.objects if is_release_step(item))
    return tuple(dict.fromkeys(undo_ref(step) for step in steps if way(step) not in WITHOUT))
