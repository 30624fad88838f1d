"""How does each ingress controller hear of body sizes, timeouts, redirects, sticky sessions and gRPC?

One description (`Wishes`) becomes each controller's own annotations, on the Ingress or on the Service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kubeship.model.surroundings import Middleware

COOKIE = "kubeship_pod"
"""Remembers the pod of a client."""
DAY = 86_400


@dataclass(frozen=True)
class Wishes:
    """What is to hold for requests from outside, whoever brings them in."""

    name: str
    """Of the process' objects: `shop-web`."""
    namespace: str
    tls: bool
    redirect: bool | None
    """None: what the controller does by itself."""
    body_kilobytes: int
    body_stated: bool
    """Whether kubeship.yaml names the size."""
    seconds: int
    """How long the app may be silent."""
    sticky: bool
    grpc: bool
    health: str | None
    """The route that probes ask."""
    group: str | None
    """What Ingresses have in common that are to share one load balancer."""


@dataclass(frozen=True)
class Told:
    """The wishes in a controller's own words."""

    ingress: Mapping[str, str] = field(default_factory=dict)
    service: Mapping[str, str] = field(default_factory=dict)
    middlewares: tuple[Middleware, ...] = ()


@dataclass(frozen=True)
class Controller:
    """An ingress controller."""

    classes: tuple[str, ...]
    """Words in the name of an IngressClass that is its."""
    tell: Callable[[Wishes], Told]
    drain_seconds: int = 5
    """How long it may still send requests to a pod that is going."""
    finds_certificates: bool = False
    """TLS without a Secret."""
    one_for_all: bool = False
    """The app's Ingresses share a load balancer, which refuses different numbers for one setting."""


def _nginx(wishes: Wishes) -> Told:
    """Sources: kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations.

    It redirects by itself where there is TLS; a body larger than 1m, and silence of more than 60 s, are refused.
    """
    prefix = "nginx.ingress.kubernetes.io"
    told = {f"{prefix}/proxy-body-size": f"{wishes.body_kilobytes}k"}
    if wishes.seconds != 60:
        told |= {f"{prefix}/proxy-{way}-timeout": str(wishes.seconds) for way in ("read", "send")}
    if wishes.redirect is not None:
        told[f"{prefix}/ssl-redirect"] = _word(wishes.redirect)
    if wishes.redirect and not wishes.tls:
        told[f"{prefix}/force-ssl-redirect"] = "true"
    if wishes.sticky:
        told |= {
            f"{prefix}/affinity": "cookie",
            f"{prefix}/affinity-mode": "persistent",
            f"{prefix}/session-cookie-name": COOKIE,
            f"{prefix}/session-cookie-max-age": str(DAY),
        }
    if wishes.grpc:
        told[f"{prefix}/backend-protocol"] = "GRPC"
    return Told(told)


def _traefik(wishes: Wishes) -> Told:
    """Sources: doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress (annotations), and
    .../http/middlewares/{redirectscheme,buffering}.

    Redirects and limits are objects of their own, which need Traefik's CRDs, so they are written only when they are
    asked for; timeouts are the entrypoint's alone, and no silence of the app is too long.
    """
    middlewares = []
    if wishes.redirect:
        scheme = {"redirectScheme": {"scheme": "https", "permanent": True}}
        middlewares.append(Middleware(f"{wishes.name}-redirect", scheme))
    if wishes.body_stated:
        limit = {"buffering": {"maxRequestBodyBytes": wishes.body_kilobytes * 1024}}
        middlewares.append(Middleware(f"{wishes.name}-body", limit))
    prefix = "traefik.ingress.kubernetes.io"
    names = ",".join(f"{wishes.namespace}-{each.name}@kubernetescrd" for each in middlewares)
    service: dict[str, str] = {}
    if wishes.sticky:
        service |= {
            f"{prefix}/service.sticky.cookie": "true",
            f"{prefix}/service.sticky.cookie.name": COOKIE,
            f"{prefix}/service.sticky.cookie.httponly": "true",
        }
    if wishes.grpc:
        service[f"{prefix}/service.serversscheme"] = "h2c"
    return Told({f"{prefix}/router.middlewares": names} if names else {}, service, tuple(middlewares))


def _haproxy(wishes: Wishes) -> Told:
    """Sources: github.com/haproxytech/kubernetes-ingress, documentation/annotations.md (HAProxy Technologies' own).

    WebSockets stay open for an hour by its timeout-tunnel; other silence of more than 50 s is cut.
    """
    prefix = "haproxy.org"
    told: dict[str, str] = {}
    service: dict[str, str] = {}
    redirect = wishes.tls if wishes.redirect is None else wishes.redirect
    if redirect:
        told |= {
            f"{prefix}/ssl-redirect": "true",
            f"{prefix}/ssl-redirect-code": "301",
            f"{prefix}/ssl-redirect-port": "443",
        }
    if wishes.body_stated:
        size = wishes.body_kilobytes * 1024
        told[f"{prefix}/backend-config-snippet"] = (
            f"http-request deny deny_status 413 if {{ req.hdr_val(content-length) gt {size} }}"
        )
    if wishes.seconds != 50:
        service[f"{prefix}/timeout-server"] = f"{wishes.seconds}s"
    if wishes.sticky:
        service[f"{prefix}/cookie-persistence"] = COOKIE
    if wishes.grpc:
        service[f"{prefix}/server-proto"] = "h2"
    return Told(told, service)


def _alb(wishes: Wishes) -> Told:
    """Sources: kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations.

    It finds certificates in ACM by the hosts, has no limit for bodies, and asks for health itself.
    """
    prefix = "alb.ingress.kubernetes.io"
    attributes = [f"deregistration_delay.timeout_seconds={ALB_DRAIN_SECONDS}"]
    if wishes.sticky:
        attributes += ["stickiness.enabled=true", f"stickiness.lb_cookie.duration_seconds={DAY}"]
    told = {
        f"{prefix}/scheme": "internet-facing",
        f"{prefix}/target-type": "ip",
        f"{prefix}/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]' if wishes.tls else '[{"HTTP": 80}]',
        f"{prefix}/target-group-attributes": ",".join(attributes),
    }
    redirect = wishes.tls if wishes.redirect is None else wishes.redirect
    if redirect:
        told[f"{prefix}/ssl-redirect"] = "443"
    if wishes.seconds != 60:
        told[f"{prefix}/load-balancer-attributes"] = f"idle_timeout.timeout_seconds={min(wishes.seconds, 4000)}"
    if wishes.grpc:
        told[f"{prefix}/backend-protocol-version"] = "GRPC"
    elif wishes.health:
        told[f"{prefix}/healthcheck-path"] = wishes.health
    else:
        # Without a health route nobody knows what `/` answers; anything but an error of the server counts.
        told[f"{prefix}/success-codes"] = "200-499"
    if wishes.group:
        told[f"{prefix}/group.name"] = wishes.group
    return Told(told)


ALB_DRAIN_SECONDS = 20
"""A target leaves the load balancer some seconds after its pod was told to stop, and gets requests until then
(docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html: a preStop sleep longer than that)."""

CONTROLLERS: Mapping[str, Controller] = MappingProxyType(
    {
        "alb": Controller(("alb",), _alb, drain_seconds=ALB_DRAIN_SECONDS, finds_certificates=True, one_for_all=True),
        "haproxy": Controller(("haproxy",), _haproxy),
        "nginx": Controller(("nginx",), _nginx),
        "traefik": Controller(("traefik",), _traefik),
    }
)


def controller_of(stated: str | None, class_name: str | None) -> Controller | None:
    """The one that is named, or that the class' name speaks of; None where nobody knows."""
    if stated:
        return CONTROLLERS[stated]
    name = (class_name or "").lower()
    return next((each for each in CONTROLLERS.values() if any(word in name for word in each.classes)), None)


def _word(value: bool) -> str:
    return "true" if value else "false"
