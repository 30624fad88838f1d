"""Facts about a project: read from its files, which are never imported or run. `project.inspect` is the door."""
