"""Do the libraries in the image not fit the program, or one another?"""

from kubeship.model.meaning import words

_PIN = "pin the versions that the project was developed with (a lock file does), then build again"

LIBRARIES = (
    words(  # importlib.metadata, pkg_resources
        r"No package metadata was found for (?P<what>[\w.-]+)|The '(?P<other>[\w.-]+)[^']*' distribution was not found",
        "asks for the version of the distribution {what}, which is not installed in the image",
        "if {what} is the project itself, have it installed with its dependencies; otherwise add it to them",
    ),
    words(  # Starlette, pandas, transformers, Django and many others say what to install
        r"requires [\"'`]?(?P<what>[A-Za-z][\w.-]*)[\"'`]? (?:to be )?installed|"
        r"^\w+: [\"'`]?(?P<must>[A-Za-z][\w.-]*)[\"'`]? (?:must be|is not|isn't) installed|"
        r"[Mm]issing optional dependency '(?P<other>[\w.-]+)'|"
        r"pip3? install (?:-U |--upgrade |--user )*[\"'`]?(?P<more>[A-Za-z][\w.-]*(?:\[[\w,-]+\])?)|"
        r"has been moved to (?:the )?[\"'`](?P<moved>[\w.-]+)[\"'`] package|"
        r"[Ii]nstall (?P<with>[\w.-]+ (?:using|with) the '\w+' extra)",
        "lacks {what}, an optional dependency that it uses",
        "add {what} to the project's dependencies",
    ),
    words(
        r"partially initialized module '(?P<what>[\w.]+)' has no attribute",
        "imports {what} in a circle, or finds a file of its own where it looks for the library {what}",
        "rename the project's file that is called like the library, or break the circle",
    ),
    words(
        r"numpy\.dtype size changed|compiled using NumPy 1\.x|_ARRAY_API not found|numpy\.core\.multiarray failed",
        "has a library that was built for another version of NumPy",
        _PIN,
    ),
    words(
        r"Descriptors cannot (?:not )?be created directly|protobuf.* gencode|Detected incompatible Protobuf",
        "has code that was generated for another version of protobuf",
        _PIN,
    ),
    words(  # kombu, transformers, setuptools' entry points
        r"requires (?P<what>[\w.-]+) versions?|(?P<other>[\w.-]+)[<>=!~]=?[\w.,<>=!~]+ is required (?:for|by|but)|"
        r"but you have (?P<more>[\w.-]+ [\d.]+) which is incompatible",
        "has {what} in a version that another library doesn't take",
        _PIN,
    ),
)
"""The first that matches counts. Sources: each library's own words."""

OTHER_VERSION = words(
    r"module '[\w.]+' has no attribute|got an unexpected keyword argument",
    "uses something that isn't there, as when a library has another version than it was written for",
    f"if it is a library's: {_PIN}; otherwise correct that line",
)
"""A guess, where nothing better is known."""
