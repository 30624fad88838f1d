"""Which distribution was being compiled, and what did its compiler or build script look for in vain?"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from kubeship.images.failures.debian import COMPILER, LIBRARIES, DebianPackages
from kubeship.images.failures.looked_for import (
    packages_of_header,
    packages_of_linked,
    packages_of_module,
    packages_of_program,
    packages_of_shared,
)

Lookup = Callable[[str], DebianPackages | None]

PHRASES = (
    (r"couldn't run 'pg_config'|pg_config executable not found|pg_config is required", "pg_config", "postgresql"),
    (r"Can not find valid pkg-config name|mysql_config(?:: | )not found", "MySQL's client library", "mysql"),
    (r"MariaDB Connector/C|mariadb_config(?:: | )not found", "MariaDB's client library", "mariadb"),
    (r"make sure the libxml2 and libxslt development packages", "libxml2 and libxslt", "xml"),
    (r"RequiredDependencyException: (?:jpeg|zlib)|library files could not be found for (?:jpeg|zlib)",
     "libjpeg and zlib", "jpeg"),
    (r"hdf5 headers not found|HDF5_DIR|Unable to load dependency HDF5|error: libhdf5", "HDF5", "hdf5"),
    (r"Could not find geos-config|geos-config(?:: | )not found", "GEOS", "geos"),
    (r"Could not run curl-config|'curl-config'", "libcurl", "curl"),
    (r"Please set the ICU_VERSION|'ICU_VERSION'|'icu-config'", "ICU", "icu"),
    (r"No (?:BLAS|OpenBLAS|LAPACK)[^\n]*(?:found|detected)|"
     r"Dependency \"?(?:OpenBLAS|openblas|blas|lapack)\"? not found",
     "BLAS and LAPACK", "blas"),
    (r"proj executable not found|PROJ_DIR", "PROJ", "proj"),
    (r"xmlsec1 is not installed|Unable to find xmlsec1", "xmlsec", "xmlsec"),
    (r"apxs[^\n]*(?:not found|missing|appears not to be installed)", "Apache's apxs", "apache"),
)  # fmt: skip
"""What build scripts say in words of their own: pattern, what is missing, LIBRARIES' key."""

SEARCHES: tuple[tuple[str, Lookup], ...] = (
    (r"fatal error: ['\"]?([\w./+-]+)['\"]?:? (?:No such file|file not found)", packages_of_header),
    (r"(?<![\w./+-])([\w./+-]+\.h)(?:: No such file| not found| file not found)", packages_of_header),
    (r"[Dd]ependency ['\"]([\w.+-]+)['\"] (?:is required but )?not found", packages_of_module),
    (r"[Dd]ependency lookup for ([\w.+-]+) with method", packages_of_module),
    (r"No package '([\w.+-]+)' found|Package '?([\w.+-]+)'? was not found in the pkg-config", packages_of_module),
    (r"Could (?:NOT|not) find (?:package )?(\w+)", packages_of_module),
    (r"cannot find -l([\w.+-]+)", packages_of_linked),
    (r"(?<![\w.+-])(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", packages_of_shared),
)
PROGRAM = (
    r"(?:^|[\s'\"/])(?:sh|bash): (?:\d+: |line \d+: )?([\w.+-]+): (?:command )?not found",
    r"No such file or directory: b?'([\w./+-]+)'",
    r"(?:command|execute) '([\w./+-]+)'(?: failed)?: No such file",
    r"(?:[Cc]annot|[Uu]nable to|[Cc]ould not|[Cc]ouldn't|[Cc]an't) (?:find|invoke|run|execute|locate) (?:command |"
    r"program |the )?"
    r"['\"]?([\w.+-]+)['\"]?",
    r"[Pp]rogram ['\"]?([\w.+-]+)['\"]? not found",
    r"unable to execute ['\"]?([\w.+-]+)['\"]?: No such file",
    r"\b(cmake|CMake|ninja|swig|pkg-config)\b[^\n]{0,40}\b(?:must be installed|is required|not installed|not found)",
    r"(?<![\w+-])([\w+-]+): fatal error: cannot execute",
)
COMPILERS = (
    (r"can't find Rust compiler|Cargo, the Rust package manager, is not installed|"
     r"`cargo metadata`[^\n]*failed|rustc not found",
     "a Rust compiler", ("cargo", *COMPILER)),
    (r"cannot execute .?cc1plus|Unknown compiler\(s\): \[\['c\+\+|CMAKE_CXX_COMPILER|No CMAKE_CXX_COMPILER",
     "a C++ compiler", ("g++",)),
    (r"Unknown compiler\(s\): \[\['gfortran|No Fortran compiler|gfortran(?:: | )not found",
     "a Fortran compiler", ("g++", "gfortran", "libopenblas-dev", "pkg-config")),
    (r"No working compiler found|unable to find a compiler|Unknown compiler\(s\)|you need a C compiler|"
     r"No acceptable C compiler|no acceptable C compiler|CMAKE_C_COMPILER|gcc not installed",
     "a C compiler", COMPILER),
    (r"CMake must be installed|CMake is not installed|Problem with the CMake installation|cmake[^\n]*not found",
     "CMake", ("cmake", "g++", "make")),
)  # fmt: skip
"""Words, what is missing, and its packages."""

DISTRIBUTION = (
    r"Failed building wheel for ([\w.-]+)",
    r"Failed to build `([\w.-]+?)(?:==[^`]*)?`",
    r"Failed to build '([\w.-]+?)(?:==[^']*)?' when",
    r"issues with ([\w.-]+) \([^)]*\)",
    r"Unable to install ([\w.-]+)\b",
    r"Failed to build installable wheels for some pyproject\.toml based projects \(([\w.-]+)",
)


UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "av": "ffmpeg",
        "fiona": "gdal",
        "kerberos": "krb5",
        "netcdf4": "netcdf",
        "pygit2": "git2",
        "pykerberos": "krb5",
        "pymssql": "freetds",
        "pyproj": "proj",
        "rasterio": "gdal",
        "systemd-python": "systemd",
        "tables": "hdf5",
        "xmlsec": "xmlsec",
    }
)
"""Distributions whose build only says that a tool is missing -> the library that it would have asked the tool for.

Source: each distribution's page on building it. Others stand in inspection's table of what distributions need.
"""


def library_of(name: str) -> DebianPackages | None:
    """What a distribution is known to be compiled against."""
    return LIBRARIES[UNTOLD[name]] if name in UNTOLD else None


def missing(text: str) -> tuple[str, DebianPackages | None] | None:
    """What a compile step looked for in vain, and its packages as far as they are known; None in another log."""
    for pattern, what, key in PHRASES:
        if re.search(pattern, text):
            return what, LIBRARIES[key]
    unknown = None
    for pattern, lookup in SEARCHES:
        for match in re.finditer(pattern, text):
            name = next(filter(None, match.groups()))
            if found := lookup(name):
                return name, found
            if pattern is SEARCHES[0][0]:
                unknown = unknown or name
    for pattern, what, packages in COMPILERS:
        if re.search(pattern, text):
            return what, DebianPackages(packages)
    for pattern in PROGRAM:
        for match in re.finditer(pattern, text, re.MULTILINE):
            name = match[1].rpartition("/")[2].rstrip(".")
            if found := packages_of_program(name) or packages_of_program(name.lower()):
                return name, _with_compiler(found, name, text)
    return (unknown, None) if unknown else None


def distribution(text: str) -> str:
    """The distribution that was being built from its source when the step failed; empty when the log doesn't say."""
    for pattern in DISTRIBUTION:
        if match := re.search(pattern, text):
            return match[1].lower().replace("_", "-")
    before, error, _ = text.partition("error: subprocess-exited-with-error")
    collected = re.findall(r"^\s{0,2}Collecting ([\w.-]+)", before, re.MULTILINE) if error else []
    return collected[-1].lower().replace("_", "-") if collected else ""


def _with_compiler(found: DebianPackages, program: str, text: str) -> DebianPackages:
    """A library whose script is missing is then compiled against; a tool comes alone."""
    compiles = program in {"cmake", "CMake", "swig", "pkg-config"} and distribution(text)
    return DebianPackages((*found.build, *COMPILER)) if compiles else found
