"""Which paths does the app answer, and which of them may a probe ask? One file per framework."""
