from typing import Any

from mcp.server.fastmcp import FastMCP


class Notes(FastMCP[dict[str, Any]]):
    pass


server = Notes("notes")


@server.tool()
def add(text: str) -> str:
    return text


def main() -> None:
    server.run(transport="streamable-http")
