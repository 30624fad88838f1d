"""What does the project need beside its code and distributions? Debian packages, services, volumes, migrations."""
