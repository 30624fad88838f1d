"""How does kubeship talk to a registry without an engine? The OCI distribution specification, over requests."""
