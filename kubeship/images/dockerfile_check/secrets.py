"""Does the image carry what nobody should read?"""

import re
from collections.abc import Iterator

from kubeship.images.dockerfile_check.findings import Dockerfile, Hit, Rules
from kubeship.model.dockerfile import settings, split_flags

NAME = re.compile(
    r"(?i)(?:^|_)(?:pass|passwd|password|passphrase|secret|token|credentials?|api_?key|secret_?key|access_?key|"
    r"private_?key|auth_?key|encryption_?key|signing_?key)$"
)
"""Names of variables that hold a secret; those of files, lifetimes and the like end in another word."""
VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[abp]-[\w-]{10,}|sk-[A-Za-z0-9]{32,}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ[\w-]{10,}"
)
"""AWS access keys, tokens of GitHub, GitLab and Slack, private keys, JSON web tokens."""
ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'$]*:(?P<password>[^\s/@\"']+)@(?!localhost|127\.)", re.IGNORECASE
)
FILE = re.compile(
    r"(?i)(?:^|/)(?:\.env(?:\.(?!example|sample|template|dist)[\w.-]+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|"
    r"\.git-credentials|\.dockerconfigjson|kubeconfig|credentials(?:\.json)?|service[-_]account[\w-]*\.json|"
    r"[\w.-]+\.(?:p12|pfx|jks|key))$"
)
HARMLESS = re.compile(r"(?i)^(?:|true|false|yes|no|none|null|0|1|/[\w./-]+|\$\{?\w+.*|<.*>)$")


def secret_variables(dockerfile: Dockerfile) -> Iterator[Hit]:
    """ARG and ENV: both stand in the image's history for everybody who can pull it."""
    for stage in dockerfile.shipped:
        for instruction in stage.instructions:
            if instruction.name not in ("ARG", "ENV"):
                continue
            for name, value in settings(instruction.text):
                if VALUE.search(value) or (NAME.search(name) and (instruction.name == "ARG" or _tells(value))):
                    yield Hit(
                        "secret-in-image",
                        instruction.line,
                        "warning",
                        f"{instruction.name} {name} stays readable in the image: `docker history` shows it",
                        "for the build use `RUN --mount=type=secret`, with `build.secrets` in kubeship.yaml; at run "
                        "time `secrets:` names a Kubernetes Secret",
                    )


def secret_words(dockerfile: Dockerfile) -> Iterator[Hit]:
    """Passwords in addresses, and tokens, anywhere else."""
    for stage in dockerfile.shipped:
        for instruction in stage.instructions:
            text = re.sub(r"(?m)^\s*#.*$", "", instruction.text)
            address = ADDRESS.search(text) if instruction.name in ("RUN", "ADD", "ENV", "ARG") else None
            token = VALUE.search(text) if instruction.name in ("RUN", "CMD", "ENTRYPOINT", "LABEL") else None
            if token or (address and _tells(address["password"])):
                yield Hit(
                    "secret-in-image",
                    instruction.line,
                    "warning",
                    f"{instruction.name} holds a password or token: `docker history` shows it",
                    "read it from `RUN --mount=type=secret`, with `build.secrets` in kubeship.yaml, and make it "
                    "invalid: whoever has an older image knows it",
                )


def secret_files(dockerfile: Dockerfile) -> Iterator[Hit]:
    """COPY .env and its kind; a later `rm` doesn't take it out of the layer below."""
    for stage in dockerfile.shipped:
        for instruction in stage.instructions:
            flags, words = split_flags(instruction.text)
            if instruction.name not in ("COPY", "ADD") or "from" in flags:
                continue
            for word in words[:-1]:
                if FILE.search(word.strip("[],\"'")):
                    yield Hit(
                        "secret-in-image",
                        instruction.line,
                        "warning",
                        f"{word} is copied into a layer, where everybody who can pull the image reads it",
                        "list it in .dockerignore; the app reads variables, which `secrets:` in kubeship.yaml takes "
                        "from a Kubernetes Secret",
                    )


def _tells(value: str) -> bool:
    """Whether a value is one, and no place, switch or variable."""
    return not HARMLESS.match(value.strip())


SECRETS: Rules = (secret_variables, secret_words, secret_files)
