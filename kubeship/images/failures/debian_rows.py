"""What does apt say when it can't install?"""

from kubeship.images.failures.rows import Row

APT = (
    Row(
        r"does not have a Release file|Release' no longer has a Release file|E: Failed to fetch[^\n]*404\s+Not Found",
        "this Debian release has left the mirrors, or the lists are old: take a newer base image (`python:` in "
        "kubeship.yaml, then `kubeship update`); `docker builder prune` forgets old lists",
    ),
    Row(
        r"E: Version '([^']+)' for '([^']+)' was not found",
        r"Debian no longer has \2 in version \1: its archive keeps only the newest of each release. Name \2 without "
        "a version under `system_packages:`",
    ),
    Row(
        r"E: Package '([^']+)' has no installation candidate",
        r"Debian has no package \1 in the base image's release: it was renamed or removed. packages.debian.org finds "
        r"its "
        "successor for `system_packages:` in kubeship.yaml",
    ),
    Row(
        r"E: Unable to locate package (\S+)",
        r"apt doesn't find \1: the base image's Debian release has no such package (packages.debian.org tells; "
        "`system_packages:` in kubeship.yaml), or the step lacks `apt-get update` before it",
    ),
    Row(
        r"E: Could not open lock file [^\n]*Permission denied|are you root\?|E: Unable to lock directory",
        "apt needs root, and a USER line above changed the user: move the step before it",
    ),
    Row(
        r"not valid yet|is not valid yet \(invalid for another",
        "the engine's clock is behind: set it, then build again",
    ),
    Row(
        r"^E: Unmet dependencies|unmet dependencies",
        "Debian's packages exclude one another: look at what the base image or another source of packages has "
        "installed",
    ),
    Row(r"NO_PUBKEY (\w+)|is not signed", r"apt doesn't trust a source of packages (key \1): add its key, signed-by"),
)
