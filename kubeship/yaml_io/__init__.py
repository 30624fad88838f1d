"""How is YAML read and written? The only importer of ruamel.yaml and of PyYAML."""

from kubeship.yaml_io.loading import load, load_all
from kubeship.yaml_io.quick import quick_documents
from kubeship.yaml_io.reading import Node, Path, load_with_lines, parse, parse_all
from kubeship.yaml_io.writing import dump, flow

__all__ = [
    "Node",
    "Path",
    "dump",
    "flow",
    "load",
    "load_all",
    "load_with_lines",
    "parse",
    "parse_all",
    "quick_documents",
]
