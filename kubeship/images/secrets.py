"""What are the values of a build's secrets? Read once, before anything is built; they are never printed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from kubeship.errors import InvalidInput
from kubeship.model.image import BuildSecret

LARGEST = 500 * 1024
"""Bytes: BuildKit's own limit (moby/buildkit, session/secrets, MaxSecretSize)."""
SHORTEST = 6
"""Characters of a secret that is looked for in logs."""


def secret_values(secrets: Sequence[BuildSecret], environment: Mapping[str, str]) -> dict[str, bytes]:
    """The value of each secret by its id. Raises InvalidInput that names the key, and where the value should be."""
    return {secret.id: _value(secret, environment) for secret in secrets}


def hiding(values: Iterable[bytes]) -> Callable[[str], str]:
    """What takes the values out of a line, for the log of a step that prints what it was told in confidence.

    Also each line of a value, since a log is shown line by line; what is shorter than SHORTEST may be an ordinary word.
    """
    lines = {line.strip() for value in values for line in value.decode(errors="replace").splitlines()}
    secret = sorted((line for line in lines if len(line) >= SHORTEST), key=len, reverse=True)
    if not secret:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, secret)))
    return lambda text: pattern.sub("***", text)


def _value(secret: BuildSecret, environment: Mapping[str, str]) -> bytes:
    key = f"build.secrets.{secret.id}"
    if secret.variable is not None:
        # Without surrogates that the shell put there, the bytes are those of the environment.
        found = environment.get(secret.variable, "").encode(errors="surrogateescape")
        place, remedy = f"the environment variable {secret.variable}", f"set {secret.variable}"
        if not found:
            raise InvalidInput(
                f"{key} in kubeship.yaml is taken from {place}, which is not set.",
                hint=f"{remedy} where kubeship runs (in CI: as a secret variable), or correct {key}",
            )
    elif secret.file is not None:
        place, remedy = str(secret.file), f"put it into {secret.file}"
        try:
            with secret.file.open("rb") as file:
                found = file.read(LARGEST + 1)
        except OSError as error:
            raise InvalidInput(
                f"{key} in kubeship.yaml is taken from {place}, which can't be read: {error.strerror}.",
                hint=f"{remedy}, readable for your user, or correct {key}",
            ) from error
    else:
        raise InvalidInput(f"{key} in kubeship.yaml names neither a variable nor a file.", hint=f"correct {key}")
    if len(found) > LARGEST:
        raise InvalidInput(
            f"{key} in kubeship.yaml is taken from {place}, which holds more than {LARGEST // 1024} KB.",
            hint="a secret is a credential: BuildKit takes nothing larger, and files belong into the build context",
        )
    return found
