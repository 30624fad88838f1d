import os

environment = os.environ


def needed(name):
    try:
        return environment[name]
    except KeyError:
        raise RuntimeError(f"set {name}") from None


def optional(name, default=None):
    return environment.get(name, default)
