"""Can a server call a project's factory, which takes arguments or none?"""

from kubeship.config.server import Launch


def plain_factory(server: str, launch: Launch) -> bool:
    """Whether the entrypoint is a factory without arguments. Raises ValueError for one with some, which few pass on."""
    if launch.called and not launch.entrypoint.endswith("()"):
        raise ValueError(
            f"{server} calls a factory without arguments only; write a module that holds the object, or take gunicorn"
        )
    return launch.called


def no_factory(server: str, launch: Launch) -> str:
    """The entrypoint of a server that takes objects only. Raises ValueError for a factory."""
    if launch.called:
        raise ValueError(f"{server} calls no factory; write a module that holds the object, or take another server")
    return launch.entrypoint
