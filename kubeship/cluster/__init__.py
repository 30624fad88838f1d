"""Live objects: connect, compare, apply, lease, revisions, prune, observe. The only importer of kubernetes."""
