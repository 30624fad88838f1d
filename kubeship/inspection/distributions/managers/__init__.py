"""What does each dependency manager's file say? One file per manager; they are listed in dependencies.py."""
