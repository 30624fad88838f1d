"""What does a registry's answer mean for the pods that need the image, and how certain is it?"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kubeship.cluster.keyring import registry
from kubeship.cluster.pull_secrets import PullSecrets
from kubeship.model.finding import Finding
from kubeship.model.objects import repository
from kubeship.model.pulling import Reading

NODES_LOG_IN = (
    # docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_EKS.html
    "*.dkr.ecr.*.amazonaws.com",
    "*.dkr.ecr.*.amazonaws.com.cn",
    "*.dkr.ecr-fips.*.amazonaws.com",
    # learn.microsoft.com/azure/aks/cluster-container-registry-integration
    "*.azurecr.cn",
    "*.azurecr.io",
    "*.azurecr.us",
    # cloud.google.com/artifact-registry/docs/integrate-gke
    "*.gcr.io",
    "*.pkg.dev",
    "gcr.io",
)
"""Registries at which nodes have a login of their own by nature: kubelet's credential providers
(kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider)."""

LOCAL = ("127.*", "[[]::1]*", "localhost", "localhost:*")
"""A node's localhost is another than this machine's, or a mirror's name in its containerd."""


@dataclass(frozen=True)
class Pull:
    """An image, and who pulls it with what."""

    image: str
    users: tuple[str, ...]
    """`Deployment/shop-web`, each with the same pull secrets."""
    secrets: PullSecrets
    namespace: str
    logins: int = 0
    """How many of the secrets' logins are for the image."""
    upcoming: bool = False
    """Whether it is still to be built: the registry may not know it, nor its repository."""
    proven: bool = False
    """Whether pods that are ready now pull from the same repository in the same way."""
    elsewhere: bool = False
    """Whether the logins are for another image of the same pods."""
    absent: bool = False
    """Whether each node says all the images that it has, without this one."""

    @property
    def shown(self) -> str:
        """The image for messages: one that is still to be built has no tag yet."""
        return repository(self.image) if self.upcoming else self.image


def unreadable(pull: Pull, reading: Reading) -> Finding | None:
    """What is wrong, fatal only where no node could pull it all the same."""
    if reading.outcome in {"login refused", "denied"} and not _may_not_exist(pull, reading):
        return _refused(pull, reading) if pull.logins else _nobody(pull, reading)
    if reading.outcome == "missing" and not pull.upcoming:
        problem = f"{_who(pull)} can't pull {pull.shown}: {reading.said}"
        elsewhere = "" if pull.absent else "; unless the nodes have it already, from elsewhere"
        return Finding(
            problem + elsewhere, "push it, or correct its name", pull.absent and not is_local(pull.image), "image"
        )
    if reading.outcome == "invalid":
        return Finding(f"{_who(pull)}: {reading.said}", "correct `image` in the manifest", subject="image")
    return None


def unasked(pull: Pull, reading: Reading) -> Iterator[Finding]:
    """What is worth a word where the registry gave no answer, or there is nobody to ask it."""
    if pull.secrets.held and not (pull.logins or pull.elsewhere or pull.proven):
        yield Finding(
            f"{_who(pull)} pulls {pull.shown}, and {_holds(pull)}",
            f"make the Secret for the image's registry: {_command(pull, pull.secrets.names[0])}",
            False,
            "image",
        )
    elif reading.said:
        problem = f"can't tell whether the nodes can pull {pull.shown}: {reading.said}"
        yield Finding(problem, "nothing, if the nodes reach that registry", False, "image")


def is_local(image: str) -> bool:
    """Whether its registry is whoever asks' own machine."""
    return any(fnmatchcase(registry(image), pattern) for pattern in LOCAL)


def _may_not_exist(pull: Pull, reading: Reading) -> bool:
    """Registries that give a token for each repository deny those that aren't there yet."""
    return pull.upcoming and reading.outcome == "denied" and not reading.needs_login


def _refused(pull: Pull, reading: Reading) -> Finding:
    others = _nodes_log_in(pull.image) or is_local(pull.image)
    problem = f"{_who(pull)} can't pull {pull.shown}: {reading.said}"
    if others:
        problem += "; only nodes with a login of their own can"
    name = next(iter(pull.secrets.names))
    return Finding(problem, f"make the Secret anew with a login that may: {_command(pull, name)}", not others, "image")


def _nobody(pull: Pull, reading: Reading) -> Finding | None:
    """Nodes may have a login of their own, which nothing shows from outside."""
    if _nodes_log_in(pull.image) or pull.proven:
        return None
    name = next(iter(pull.secrets.names), "registry")
    remedy = f"make one with {_command(pull, name)}, and name it in image_pull_secrets of kubeship.yaml"
    if pull.secrets.missing:
        why, fatal = f"its pull secret {pull.secrets.missing[0]} doesn't exist", not is_local(pull.image)
        remedy = f"make it: {_command(pull, pull.secrets.missing[0])}"
    elif pull.secrets.held:
        why, fatal = _holds(pull), False
    else:
        why, fatal = f"{_who(pull)} has no pull secret for it", False
    if not fatal:
        why += ": only nodes with a login of their own can pull it"
    return Finding(f"{reading.said}, and {why}", remedy, fatal, "image")


def _who(pull: Pull) -> str:
    return ", ".join(pull.users)


def _holds(pull: Pull) -> str:
    places = ", ".join(sorted({entry.place for entry in pull.secrets.held}))
    several = len(pull.secrets.names) > 1
    names = ", ".join(pull.secrets.names)
    return f"its pull secret{'s' if several else ''} {names} hold{'' if several else 's'} a login for {places}"


def _nodes_log_in(image: str) -> bool:
    return any(fnmatchcase(registry(image), pattern) for pattern in NODES_LOG_IN)


def _command(pull: Pull, name: str) -> str:
    host = registry(pull.image)
    server = "https://index.docker.io/v1/" if host == "docker.io" else host
    return (
        f"`kubectl create secret docker-registry {name} --namespace {pull.namespace} --docker-server={server} "
        "--docker-username=... --docker-password=... --dry-run=client -o yaml | kubectl apply -f -`"
    )
