"""What do the project's own steps say: static files, tests, front ends, bundles?"""

from kubeship.images.failures.rows import Row

STEPS = (
    Row(
        r"without having set the STATIC_ROOT setting",
        'collectstatic needs STATIC_ROOT in the settings, for instance `STATIC_ROOT = BASE_DIR / "static"`',
    ),
    Row(
        r"MissingFileError: The file '([^']+)' could not be found|Missing staticfiles manifest entry for '([^']+)'|"
        r"ValueError: The file '([^']+)' could not be found with <",
        r"a stylesheet refers to \1\2\3, which isn't among the static files: add the file or mend the reference; "
        ".dockerignore may exclude it, or it is built by a front end whose step comes later",
    ),
    Row(
        r"staticfiles\.W004\) The directory '([^']+)'",
        r"STATICFILES_DIRS names \1, which isn't in the image at that step: build the front end before, or let it in",
    ),
    Row(
        r"Unknown command: '([\w-]+)'",
        r"manage.py has no command \1: the app that brings it isn't in INSTALLED_APPS with these settings, or its "
        "distribution isn't installed",
    ),
    Row(
        r"Can't find (?:msgfmt|xgettext)",
        "compilemessages needs gettext: add it to `system_packages: {build: [gettext]}` in kubeship.yaml",
    ),
    Row(
        r"no tests ran in|collected 0 items",
        "pytest found no tests (exit code 5): check that .dockerignore doesn't exclude them, and `testpaths`",
    ),
    Row(
        r"^E\s+ModuleNotFoundError: No module named '([\w.]+)'",
        r"the tests can't import \1: add its distribution to the group of dependencies that the tests install, or "
        r"the "
        "project's folder to pytest's `pythonpath`",
    ),
    Row(
        r"^(?:=+ )?(\d+ failed[^\n=]*?|\d+ errors?) in [\d.]+|^FAILED \(|^FAILED ([^\n]+)",
        r"tests failed (\1\2): mend them, or the code. They are the last lines above; nothing was pushed",
    ),
    Row(
        r"No module named '?(pytest|coverage|tox|nox)'?\s*$|(pytest|tox|nox): (?:command )?not found",
        r"\1\2 isn't installed where the tests run: add it to the project's development dependencies",
    ),
    Row(
        r"On Linux, objdump is required",
        "let PyInstaller have objdump: `system_packages: {build: [binutils]}` in kubeship.yaml",
    ),
    Row(
        r"Script file '([^']+)' does not exist",
        r"correct the entrypoint in kubeship.yaml: PyInstaller was told to bundle \1, which isn't there",
    ),
    Row(
        r"Python library not found|Python was built without a shared library",
        "take the official python image as base: PyInstaller needs a Python with its shared library",
    ),
    Row(
        r"Missing script: \"?([\w:-]+)\"?|Command \"([\w:-]+)\" not found",
        r"package.json has no script \1\2: correct the step, or add it",
    ),
    Row(
        r"^sh: (?:\d+: |line \d+: )?(vite|webpack|tsc|ng|next|nuxt|react-scripts|vue-cli-service|gulp|grunt|rollup|"
        r"parcel|"
        r"esbuild|tailwindcss|sass|postcss|astro|svelte-kit|eslint): (?:command )?not found",
        r"\1 isn't installed where the front end is built: run `npm ci` before, without --omit=dev and without "
        "NODE_ENV=production, which leave out devDependencies",
    ),
    Row(
        r"notsup Required:[^\n]*node\W+([^\"}]+)|The engine \"node\" is "
        r"incompatible[^\n]*\"([^\"]+)\"|"
        r"requires Node\.js version",
        r"the front end wants another Node (\1\2): take a node image of that version for its stage",
    ),
    Row(
        r"digital envelope routines::unsupported|ERR_OSSL_EVP_UNSUPPORTED",
        "the front end's webpack is too old for this Node: `NODE_OPTIONS=--openssl-legacy-provider` helps, a newer "
        "webpack cures it",
    ),
    Row(
        r"404 Not Found - GET \S+/(\S+)|ERR_PNPM_FETCH_404",
        r"npm's registry has no package \1 (or hides it from strangers: a private one needs .npmrc as a build secret)",
    ),
    Row(
        r"ENOENT[^\n]*open '([^']+)'|Couldn't find a (package\.json)",
        r"\1\2 isn't in the image at that step: copy it before, and check .dockerignore",
    ),
    Row(
        r"^Error: Cannot find module '([^'./][^']*)'",
        r"node can't find \1: add it to package.json's dependencies, and install before this step",
    ),
    Row(
        r"(?:/bin/)?(?:ba)?sh: (?:\d+: |line \d+: )?([\w./-]+): Permission denied",
        r"\1 may not be executed: `git update-index --chmod=+x` it and commit, or call it with its interpreter (`sh "
        r"\1`)",
    ),
    Row(
        r"(?:/bin/)?(?:ba)?sh: (?:\d+: |line \d+: )?((?:\.{0,2}/)[\w./-]+): not found|exec (/[\w./-]+): no such file",
        r"\1\2 isn't in the image at that step; or it is, and its first line names an interpreter that isn't there: "
        r"bash in "
        "an image without it, or Windows line ends (save it with LF, and put `*.sh text eol=lf` into .gitattributes)",
    ),
)
"""Words of Django, whitenoise, pytest, unittest, PyInstaller, npm, pnpm, Yarn, Node and the shell."""
