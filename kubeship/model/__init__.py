"""The values that rooms hand one another: frozen, without I/O."""
