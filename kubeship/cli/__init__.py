"""The command line: options in, one workflow called, an exit code out."""
