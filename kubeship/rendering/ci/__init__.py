"""Plan of a CI service -> its file."""
