"""What does the project's code make and start? Names followed through its modules, by syntax alone."""
