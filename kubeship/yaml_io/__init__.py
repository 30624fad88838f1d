"""How is YAML read and written? The only importer of ruamel.yaml, in reading.py, and of PyYAML.

Who asks where in a text something stands imports reading.py itself, where it asks: ruamel.yaml takes 40 ms to import.
"""

from kubeship.yaml_io.loading import load, load_all
from kubeship.yaml_io.nodes import Node, Path
from kubeship.yaml_io.quick import quick_documents
from kubeship.yaml_io.writing import dump, flow

__all__ = ["Node", "Path", "dump", "flow", "load", "load_all", "quick_documents"]
