"""What do the patches of kubeship.yaml make of the rendered objects? They come last, so that nothing undoes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from jsonpatch import JsonPatch, JsonPatchException, JsonPatchTestFailed
from jsonpointer import JsonPointerException

from kubeship.errors import InvalidInput
from kubeship.model.objects import Object, ref
from kubeship.model.patch import Patch
from kubeship.rendering.merge_keys import merge_keys
from kubeship.rendering.strategic_merge import DIRECTIVE, NotMergeable, merged


def patched(objects: Mapping[str, Object], patches: Iterable[Patch], *, all_match: bool = True) -> dict[str, Object]:
    """The objects by file name, each patch applied in its turn; `$patch: delete` takes an object away.

    Raises InvalidInput for a patch that can't be applied, that renames an object, or (with `all_match`) that is for
    none of them.
    """
    result = dict(objects)
    for patch in patches:
        selected = [name for name, item in result.items() if patch.selects(item)]
        if not selected and all_match:
            raise _unmatched(patch, result.values())
        for name in selected:
            item = _applied(patch, result[name])
            if item:
                result[name] = item
            else:
                del result[name]
    return result


def _applied(patch: Patch, item: Object) -> Object | None:
    """The patched object; None where the patch takes it away."""
    if patch.merge is None:
        after = _operated(patch, item)
    elif patch.merge.get(DIRECTIVE) == "delete":
        return None
    else:
        try:
            after = merged(item, patch.merge, merge_keys(item))
        except NotMergeable as error:
            raise _refused(f"{patch}.patch", str(error), item) from error
    if not isinstance(after, dict) or _identity(after) != _identity(item):
        raise _refused(str(patch), "a patch can't change apiVersion, kind, name or namespace", item)
    return after


def _operated(patch: Patch, item: Object) -> Any:
    after: Any = item
    for place, operation in enumerate(patch.operations):
        where = f"{patch}.patch[{place}]"
        path = operation["path"] or "the object itself"
        try:
            after = JsonPatch([dict(operation)]).apply(after)
        except JsonPatchTestFailed as error:
            raise _refused(where, f"{path} isn't what the test expects", item) from error
        except (JsonPatchException, JsonPointerException, TypeError, KeyError, IndexError) as error:
            raise _refused(where, f"{operation['op']} {path} finds nothing to do it to: {error}", item) from error
    return after


def _identity(item: Any) -> tuple[Any, ...]:
    metadata = item.get("metadata")
    names = (metadata.get("name"), metadata.get("namespace")) if isinstance(metadata, dict) else ()
    return (item.get("apiVersion"), item.get("kind"), *names)


def _refused(where: str, why: str, item: Object) -> InvalidInput:
    return InvalidInput(
        f"kubeship.yaml: {where}: {why} ({ref(item)})",
        hint="compare the patch with the object: kubeship render without it shows what is there",
    )


def _unmatched(patch: Patch, objects: Iterable[Object]) -> InvalidInput:
    near = sorted({str(ref(item)) for item in objects if patch.kind in {None, item["kind"]}})
    known = near or sorted({str(ref(item)) for item in objects})
    return InvalidInput(
        f"kubeship.yaml: {patch}.target: there is no {patch.target}; there are {', '.join(known)}",
        hint=f"correct the target, or delete {patch}; `environments: [...]` limits it to where the object is",
    )
