"""One file per command: its steps in order, over the ports that cli hands in, emitting events."""
