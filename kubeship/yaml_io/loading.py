"""What is the value of a text, when nobody asks where in it something stands?"""

from typing import Any

from kubeship.yaml_io.quick import quick_documents


def load(text: str, source: str) -> Any:
    """The value of a text of at most one document; None for an empty one. Raises InvalidInput with `source:line`."""
    documents = quick_documents(text)
    if documents is not None and len(documents) < 2:
        return documents[0][0] if documents else None
    from kubeship.yaml_io.reading import parse  # noqa: PLC0415 - ruamel takes 40 ms to import, and few texts need it

    node = parse(text, source)
    return node.value if node else None


def load_all(text: str, source: str) -> tuple[Any, ...]:
    """The values of all documents, in order. Raises InvalidInput with `source:line`."""
    documents = quick_documents(text)
    if documents is not None:
        return tuple(value for value, _ in documents)
    from kubeship.yaml_io.reading import parse_all  # noqa: PLC0415 - likewise

    return tuple(node.value for node in parse_all(text, source))
