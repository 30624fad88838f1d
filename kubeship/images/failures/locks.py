"""What do managers say when the lock, the project and the index don't agree?"""

from kubeship.images.failures.rows import Row

LOCKS = (
    Row(
        r"lockfile at `uv\.lock` needs to be updated",
        "uv.lock doesn't fit pyproject.toml: run `uv lock`, and commit uv.lock",
    ),
    Row(r"Unable to find lockfile at `uv\.lock`", "there is no uv.lock: run `uv lock`, and commit it"),
    Row(
        r"pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date|"
        r"poetry\.lock was not found|poetry\.lock is not compatible",
        "poetry.lock is missing or doesn't fit pyproject.toml: run `poetry lock`, and commit poetry.lock",
    ),
    Row(
        r"Lockfile (?:hash doesn't match|is generated on an older version|does not exist|not found)|"
        r"[Ll]ock file (?:hash|does not exist)|lockfile is outdated",
        "pdm.lock is missing or doesn't fit pyproject.toml: run `pdm lock`, and commit pdm.lock",
    ),
    Row(
        r"Pipfile\.lock \([^)]*\) (?:is )?out of date|Your Pipfile\.lock|Pipfile\.lock not found|Aborting deploy",
        "Pipfile.lock is missing or doesn't fit Pipfile: run `pipenv lock`, and commit Pipfile.lock",
    ),
    Row(
        r"npm ci[^\n]*(?:can only install|in sync)|Missing: \S+ from lock file|npm error code EUSAGE|"
        r"npm ERR! code EUSAGE|The `npm ci` command can only install",
        "package-lock.json is missing or doesn't fit package.json: run `npm install`, and commit package-lock.json",
    ),
    Row(
        r"Your lockfile needs to be updated|ERR_PNPM_OUTDATED_LOCKFILE|lockfile would have been modified",
        "the front end's lock file doesn't fit package.json: install once on your machine, and commit the lock file",
    ),
    Row(
        r"DO NOT MATCH THE HASHES|Hash mismatch for `?([\w.=-]+)|EINTEGRITY|Hash for \S+ .*not found in known hashes",
        "a downloaded file is not the one that was locked: lock the dependencies again, and distrust the index until "
        "you "
        "know why its file has changed (a private mirror that builds its own wheels is the usual reason)",
    ),
    Row(
        r"all requirements must have their versions pinned|Hashes are required in --require-hashes mode",
        "some requirements have a hash, and others have none or no exact version: write the file again with "
        "`pip-compile "
        "--generate-hashes` (or `uv pip compile --generate-hashes`), which also lists what requirements require",
    ),
    Row(
        r"requires a different Python: (\S+) not in '([^']+)'|Current Python version \((\S+)\) is not allowed by the "
        r"project \(([^)]+)\)|Python version (\S+) is not supported by the project \(([^)]+)\)",
        r"the project wants Python \2\4\6, and the image has \1\3\5: set `python:` in kubeship.yaml to one that fits, "
        "then `kubeship render`",
    ),
    Row(
        r"No interpreter found for Python ([^\s]+)|requested interpreter resolved to Python "
        r"[^\n]*incompatible[^\n]*`([^`]+)`|"
        r"Warning: Python (\d[\d.]*) was not found on your system",
        r"the project wants Python \1\2\3 (requires-python, .python-version or Pipfile), and the image has another: "
        r"set "
        "`python:` in kubeship.yaml to it, then `kubeship render`",
    ),
    Row(
        r"only versions ([^\s]+) are supported|requires Python '?([<>=][^'\s]+)'? but",
        r"a distribution that is built from source supports Python \1\2 only: choose such a `python:` in "
        r"kubeship.yaml, or "
        "a newer version of it",
    ),
    Row(
        r"we only found wheels for `([\w.-]+)` \(v?([^)]+)\) with the following Python ABI tags?: ([^\n]+)",
        r"\1 \2 has wheels for other Python versions only (\3): choose one of those as `python:` in kubeship.yaml, or "
        r"another version of \1. For pywin32 and its kind add `; sys_platform == 'win32'`",
    ),
    Row(
        r"we only found wheels for `([\w.-]+)` \(v?([^)]+)\) (?:on|with) the following platforms?(?: tags?)?: ([^\n]+)|"
        r"distribution `?([\w.-]+)[^\n]*can't be installed because it doesn't have a source distribution or wheel",
        r"\1\4 has no wheel for Linux on this processor: take another version, or add a marker such as "
        "`; sys_platform == 'win32'` if it isn't meant for Linux",
    ),
    Row(
        r"Could not find a version that satisfies the requirement (pywin32|pywinpty|pypiwin32|pyobjc[\w-]*|wmi|"
        r"comtypes)\b",
        r"\1 is not for Linux: in the requirements add a marker to its line, `\1; sys_platform == 'win32'` (darwin for "
        "macOS), or lock on Linux",
    ),
    Row(
        r"No matching distribution found for (\S+)",
        r"\1 isn't there for this Python: its index lists versions for other Python versions. Choose another `python:` "
        r"in "
        "kubeship.yaml, or another version",
        after="Ignored the following versions that require a different python version",
    ),
    Row(
        r"requirement (\S+)[^\n]*\(from versions: none\)",
        r"the index that was asked gives nothing for \1. pip says the same when the index refuses its login (401, 403) "
        r"as when the package "
        "isn't there: check the address and the spelling, and the login under `build: {secrets: {...}}` in "
        "kubeship.yaml "
        "(docs/images.md, private indexes)",
        after="Looking in indexes: ",
    ),
    Row(
        r"requirement (\S+)[^\n]*\(from versions: none\)|"
        r"Because ([\w.-]+) was not found in the package registry",
        r"the index has no \1\2: check its spelling. If it is a private package, the build must know its index: "
        "`dependencies: {indexes: [...]}` in kubeship.yaml, with `build.secrets` for the login (docs/images.md)",
    ),
    Row(
        r"No matching distribution found for (\S+)|Because there is no version of (\S+) and",
        r"the index has no \1\2 for this Python and platform: check the version (the log lists those that there are), "
        "and `python:` in kubeship.yaml",
    ),
    Row(
        r"ResolutionImpossible|conflicting dependencies|No solution found when resolving|version solving failed|"
        r"SolverProblemError|ERESOLVE|Unable to find a resolution",
        "two requirements exclude each other (named above): loosen or change one of them, lock again, and commit",
    ),
    Row(
        r"ERROR: Invalid requirement: '?([^'\n:]+)'?",
        r"pip can't read the requirement `\1`: correct that line",
    ),
    Row(
        r"No such file or directory: '(/(?:[A-Z]:|Users|home|croot|tmp|opt/conda)/[^']+)'",
        r"a requirement points at \1, a folder of another machine (conda's `pip freeze` writes such lines): replace it "
        "with `NAME==VERSION`; `pip list --format=freeze` writes them so",
    ),
    Row(
        r"Could not open requirements file: [^']*'([^']+)'",
        r"\1 isn't in the image at that step: check that it exists, that .dockerignore doesn't exclude it, and that "
        "`dependencies: {files: [...]}` in kubeship.yaml lists it, with what it includes by -r or -c",
    ),
    Row(
        r"(?<!\S)(\S+\.whl) is not a supported wheel on this platform",
        r"\1 is for another Python or platform: take the file for Linux and the `python:` in kubeship.yaml, or the "
        "distribution from the index",
    ),
    Row(
        r"TOML parse error at line (\d+)|Invalid TOML[^\n]*|TOMLDecodeError: [^\n]*line (\d+)|"
        r"pyproject\.toml[^\n]*(?:at|on) line (\d+)",
        r"a TOML file, most likely pyproject.toml, can't be read (line \1\2\3): correct it",
    ),
    Row(
        r"Readme path `?([^`\n]+?)`? does not exist|Readme file does not exist: (\S+)",
        r"the package's metadata name \1\2, which isn't in the image at that step: remove `readme` from "
        r"pyproject.toml, set "
        "package-mode = false (Poetry) or package = false (uv) if the project is an app, or let .dockerignore let it "
        "in",
    ),
)
"""Words of pip, uv, Poetry, PDM, Pipenv, npm, pnpm and Yarn."""
