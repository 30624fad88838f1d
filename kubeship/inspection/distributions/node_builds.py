"""What does a Node front end's build make, and with which program and release?"""

import posixpath
import re

from kubeship.inspection.files.documents import read_json, table
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.model.origin import Origin
from kubeship.model.project import FrontEndFound, Warned

LOCKS = {
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
}
"""Which program installs, by the lock file beside package.json; npm without one of these."""
BUILT_BY = frozenset({"npm", "pnpm", "yarn"})
"""The programs that the official Node images have, themselves or through Corepack."""

# A builder's command, its configuration's key for the outcome, and where it puts it otherwise. Sources: vite.dev
# "build.outDir", create-react-app.dev "Production Build", cli.vuejs.org "outputDir", parceljs.org "--dist-dir",
# webpack.js.org "output.path", docs.astro.build "outDir", esbuild.github.io "Outdir".
BUILDERS: tuple[tuple[str, str, str | None], ...] = (
    ("vite build", r"outDir", "dist"),
    ("react-scripts build", r"BUILD_PATH", "build"),
    ("vue-cli-service build", r"outputDir", "dist"),
    ("astro build", r"outDir", "dist"),
    ("parcel build", r"distDir", "dist"),
    ("webpack", r"path", "dist"),
    ("esbuild", r"outdir", None),
    ("rollup", r"dir|file", None),
    ("tailwindcss", r"output", None),
)
CONFIGURED = ("vite.config", "vue.config", "astro.config", "webpack.config", "webpack.prod", "rollup.config")
OPTION = re.compile(r"(?:--outDir|--outdir|--dist-dir|--output-path|--output|--dir|-o|-d)[= ]([\w./-]+)")


def front_end(sources: Sources) -> tuple[FrontEndFound | None, tuple[Warned, ...]]:
    """The one front end whose outcome the Python code serves; a warning for each that stays outside the image."""
    found: list[FrontEndFound] = []
    warnings: list[Warned] = []
    for path in sources.other_files:
        if path.rpartition("/")[2] != "package.json" or is_aside(path) or not (script := _script(sources, path)):
            continue
        one = _read(sources, path, script)
        if one is not None and _is_served(sources, one):
            found.append(one)
        else:
            warnings.append(_outside(sources, path, script))
    if len(found) == 1:
        return found[0], tuple(warnings)
    return None, (*(_outside(sources, _manifest(each), each.command) for each in found), *warnings)


def _read(sources: Sources, path: str, script: str) -> FrontEndFound | None:
    """None where nobody says what the build makes, no lock file says of what, or an image of Node couldn't run it."""
    folder = folder_of(path)
    manager = next((program for name, program in LOCKS.items() if _beside(sources, folder, name)), "")
    output = _output(sources, folder, script)
    if manager not in BUILT_BY or not output:
        return None
    place = posixpath.normpath(posixpath.join(folder, output))
    if place.startswith("..") or place == ".":
        return None
    origin = Origin(path, sources.line_of(path, r'"build"\s*:'), script)
    return FrontEndFound(folder, manager, f"{manager} run build", place, _release(sources, path), (origin,))


def _beside(sources: Sources, folder: str, name: str) -> bool:
    return posixpath.normpath(posixpath.join(folder, name)) in sources


def _output(sources: Sources, folder: str, script: str) -> str | None:
    """What the command line says, else the builder's configuration, else the builder's own choice."""
    for command, key, usual in BUILDERS:
        if command not in script:
            continue
        if option := OPTION.search(script.partition(command)[2]):
            return _folder(option[1])
        pattern = re.compile(
            rf"\b(?:{key})\b\s*[:=]\s*(?:path\.(?:resolve|join)\(\s*__dirname\s*,\s*)?[\"']([^\"']+)[\"']"
        )
        for file in sources.other_files:
            configures = folder_of(file) == folder and posixpath.basename(file).startswith(CONFIGURED)
            if configures and (stated := pattern.search(sources.text(file))):
                return stated[1]
        return usual
    return None


def _folder(stated: str) -> str:
    """A file's is the one that it lies in."""
    return posixpath.dirname(stated) if re.search(r"\.\w+$", posixpath.basename(stated)) else stated


def _is_served(sources: Sources, found: FrontEndFound) -> bool:
    """Whether Python code names the outcome's folder, or it lies in a folder of static files or templates."""
    if re.search(r"(^|/)(static\w*|assets|templates|public)(/|$)", found.output):
        return True
    name = re.escape(posixpath.basename(found.output).encode())
    return next(sources.mentioning(re.compile(rb"[\"'/]" + name + rb"[\"'/]")), None) is not None


def _release(sources: Sources, path: str) -> str:
    """The major release of Node that .nvmrc, .node-version or package.json name; empty for none."""
    folder = folder_of(path)
    for name in (".nvmrc", ".node-version"):
        file = posixpath.normpath(posixpath.join(folder, name))
        if file in sources and (match := re.match(r"\s*v?(\d+)", sources.text(file))):
            return match[1]
    stated = str(table(read_json(sources, path), "engines").get("node", ""))
    match = re.fullmatch(r"\s*[\^~=v]*\s*(\d+)(?:\.[\dx*]+)*\s*", stated)
    return match[1] if match else ""


def _outside(sources: Sources, path: str, script: str) -> Warned:
    folder = folder_of(path)
    manager = next((program for name, program in LOCKS.items() if _beside(sources, folder, name)), "npm")
    place = "this folder" if folder == "." else f"{folder}/"
    message = (
        f"a Node front end lies in {place} ({manager} run build: {script}); if the app serves it, say what it makes: "
        f"`build: {{front_end: {{path: {folder}, output: FOLDER}}}}`"
    )
    return Warned(message, Origin(path, sources.line_of(path, r'"build"\s*:')))


def _manifest(found: FrontEndFound) -> str:
    return posixpath.normpath(posixpath.join(found.path, "package.json"))


def _script(sources: Sources, path: str) -> str:
    script = table(read_json(sources, path), "scripts").get("build")
    return script if isinstance(script, str) else ""
