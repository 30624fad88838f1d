"""The only writer into the user's project."""
