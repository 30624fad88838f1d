"""What do the project's files state about how it runs? One file per kind of statement."""
