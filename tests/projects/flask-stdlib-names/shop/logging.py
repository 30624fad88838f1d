FORMAT = "%(message)s"
