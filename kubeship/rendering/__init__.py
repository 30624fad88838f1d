"""Plan -> files: pure, and the only importer of jinja2."""
