"""What does a command line start? Shells, wrappers, servers and workers, read and never run."""
