"""A real engine, registry, database, cluster and ingress controller on one plain Debian machine."""
