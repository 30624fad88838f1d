"""Who is kubeship at a registry? The Docker configuration, or variables that CI sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeship.errors import MissingPrecondition
from kubeship.images.distribution.reference import DOCKER_HUB, DOCKER_HUB_HOSTS
from kubeship.images.docker_configuration import configuration_file


@dataclass(frozen=True)
class Login:
    """Credentials for one registry; they show in no message, log or `repr`."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)
    """An OAuth 2 refresh token, in place of the other two."""
    origin: str = "the Docker configuration"
    """Where they come from, for messages."""


def login_for(registry: str, environment: Mapping[str, str], *, is_the_images: bool = False) -> Login | None:
    """The credentials for a registry, None for nobody in particular.

    KUBESHIP_REGISTRY_* come first, then the Docker configuration as docker itself reads it (auths, credHelpers,
    credsStore), then what CI services set for their own registries. Each goes to the registry that it is for alone:
    KUBESHIP_REGISTRY_* to the one that KUBESHIP_REGISTRY names, without it to the one of kubeship.yaml's `image`
    (`is_the_images`). Raises MissingPrecondition when a credential helper or the file can't be read.
    """
    registry = DOCKER_HUB if registry in DOCKER_HUB_HOSTS else registry
    return (
        _own(registry, environment, is_the_images)
        or _configured(registry, dict(environment))
        or _of_ci(registry, environment)
    )


def _own(registry: str, environment: Mapping[str, str], is_the_images: bool) -> Login | None:
    named = environment.get("KUBESHIP_REGISTRY", "").removeprefix("https://").rstrip("/")
    named = DOCKER_HUB if named in DOCKER_HUB_HOSTS else named
    if named != registry if named else not is_the_images:
        return None
    username = environment.get("KUBESHIP_REGISTRY_USERNAME", "")
    if password := environment.get("KUBESHIP_REGISTRY_PASSWORD"):
        if not username:
            raise MissingPrecondition(
                "KUBESHIP_REGISTRY_PASSWORD is set without KUBESHIP_REGISTRY_USERNAME.",
                hint="set both, or an access token alone as KUBESHIP_REGISTRY_TOKEN",
            )
        return Login(username, password, origin="KUBESHIP_REGISTRY_PASSWORD")
    if token := environment.get("KUBESHIP_REGISTRY_TOKEN"):
        return Login(username or token_user(registry), token, origin="KUBESHIP_REGISTRY_TOKEN")
    if username:
        raise MissingPrecondition(
            "KUBESHIP_REGISTRY_USERNAME is set without KUBESHIP_REGISTRY_PASSWORD or KUBESHIP_REGISTRY_TOKEN.",
            hint="set one of them; CI services leave secrets empty in runs for forks and for unprotected branches",
        )
    return None


def token_user(registry: str) -> str:
    """The name that a registry wants beside an access token that is used as a password."""
    host = registry.partition(":")[0]
    return next((name for suffix, name in TOKEN_USERS if host == suffix or host.endswith("." + suffix)), "token")


TOKEN_USERS: tuple[tuple[str, str], ...] = (
    # docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
    ("amazonaws.com", "AWS"),
    ("amazonaws.com.cn", "AWS"),
    # learn.microsoft.com/azure/container-registry, "Sign in with an exposed token"
    ("azurecr.io", "00000000-0000-0000-0000-000000000000"),
    # cloud.google.com/artifact-registry/docs/docker/authentication, "Access token"
    ("gcr.io", "oauth2accesstoken"),
    ("pkg.dev", "oauth2accesstoken"),
    # docs.gitlab.com, "Authenticate with the container registry": a job's token
    ("gitlab.com", "gitlab-ci-token"),
    # docs.quay.io, "Using OAuth access tokens"
    ("quay.io", "$oauthtoken"),
)
"""Domain, user name. Others, GitHub's among them, take any name."""


def _configured(registry: str, environment: dict[str, str]) -> Login | None:
    if configuration_file() is None:
        return None
    from docker import auth  # noqa: PLC0415 - takes a tenth of a second
    from docker.errors import DockerException  # noqa: PLC0415

    try:
        # Only helpers get the environment; where the file is, docker-py asks the process itself.
        found = auth.load_config(credstore_env=environment).resolve_authconfig(registry)
    except DockerException as error:
        if "Credentials store" in str(error):  # docker/auth.py, _resolve_authconfig_credstore
            raise MissingPrecondition(
                f"The credential helper for {registry} that Docker's config.json names failed: {error}.",
                hint="install that credential helper, or remove it from the file (credsStore, credHelpers)",
            ) from error
        raise MissingPrecondition(
            f"Docker's config.json can't be read: {error}.", hint=f"log in again: docker login {registry}"
        ) from error
    except (ValueError, TypeError, AttributeError):  # what docker-py lets through; its words may quote the file
        raise MissingPrecondition(
            "Docker's config.json holds credentials that can't be decoded.",
            hint=f"log in again: docker login {registry}",
        ) from None
    # Entries of the file have small letters, those of helpers capitals.
    values = {key.lower(): value for key, value in (found or {}).items()}
    if token := values.get("identitytoken"):
        return Login("", "", identity_token=token)
    return Login(values["username"], values.get("password") or "") if values.get("username") else None


def _of_ci(registry: str, environment: Mapping[str, str]) -> Login | None:
    for host, user, secret in CI_VARIABLES:
        if registry == (environment.get(host) if host.isupper() else host) and environment.get(secret):
            return Login(environment.get(user) or token_user(registry), environment[secret], origin=secret)
    return None


CI_VARIABLES: tuple[tuple[str, str, str], ...] = (
    # docs.gitlab.com/ci/variables/predefined_variables
    ("CI_REGISTRY", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"),
    # docs.github.com, "Working with the Container registry"
    ("ghcr.io", "GITHUB_ACTOR", "GITHUB_TOKEN"),
)
"""The registry (or, in capitals, the variable that names it), the variables of the user's name and of the secret."""
