"""Which words mean that the Dockerfile, its base or its context is wrong?"""

from kubeship.images.failures.rows import Row

DOCKERFILE = (
    Row(
        r"pull access denied|insufficient_scope|manifest unknown|failed to resolve source metadata|/manifests/|"
        r"manifest for \S+ not found|no match for platform in manifest",
        "the base image in FROM (or COPY --from) can't be had: check its name and tag, that it exists for this "
        "platform, "
        "that the engine reaches its registry, and run `docker login` if it is private",
    ),
    Row(
        r"[Uu]nknown flag: (\S+)",
        r"this engine's BuildKit doesn't know --\1: leave it out, or use a newer engine",
    ),
    Row(
        r"parse error(?: on)? line (\d+): (?:[Uu]nknown instruction: (\S+))",
        r"line \1 of the Dockerfile begins with \2, which is no instruction. In a heredoc (RUN <<EOF) it is the engine "
        "that is too old for heredocs: write `&& \\\\` at the ends of the lines, or use a newer engine",
    ),
    Row(
        r"dockerfile parse error|parse error on line|unknown instruction",
        "the Dockerfile can't be read: correct the line that is named, or use a newer engine if it knows what stands "
        "there",
    ),
    Row(
        r"invalid from flag value (\S+)|stage (\S+) not found",
        r"COPY --from names \1\2, and no stage before it has that name",
    ),
    Row(
        r"failed to walk [^\n]*?buildkit-mount\w*/?([^\s:]*)",
        r"\1 isn't in the build context: check that it exists, and that .dockerignore doesn't exclude it",
    ),
    Row(
        r"\"/([^\"\n]+)\" not found: not found|COPY failed: file not found[^:]*: stat ([^\n:]+)",
        r"\1\2 isn't in the build context (or in the stage that COPY --from names): check that it exists, and that "
        ".dockerignore doesn't exclude it",
    ),
    Row(
        r"exec format error|Exec format error",
        "the image, or a program in it, is for another processor: set `platform:` in kubeship.yaml to the engine's, or "
        "install emulation (binfmt-support, qemu-user-static) on its host",
    ),
    Row(
        r"/bin/sh\^M|\$'\\r'|\\r: (?:command )?not found|\^M: bad interpreter",
        "a script has Windows line ends: save it with LF, and put `*.sh text eol=lf` into .gitattributes",
    ),
)
