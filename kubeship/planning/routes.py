"""How do requests from outside reach a process: through which Ingress or route, and what is its controller told?"""

from collections.abc import Mapping

from kubeship.config.cluster_schema import Ingress
from kubeship.config.process_schema import Process
from kubeship.config.quantities import kilobytes
from kubeship.config.schema import Configuration
from kubeship.errors import InvalidInput
from kubeship.model.plan import IngressPlan
from kubeship.model.surroundings import GatewayPlan
from kubeship.planning.controllers import Told, Wishes, controller_of
from kubeship.planning.stopping import request_seconds

BODY_KILOBYTES = 10 * 1024
"""The largest request where nothing is said, as in `static.body`."""
SPARE_SECONDS = 5
"""The app gives up before the controller does, and says why."""
QUIET_SECONDS = 60
"""What most controllers wait for an answer at least."""
STREAM_SECONDS = 3600
"""An open stream may be silent for long: WebSockets and event streams seldom send more than a sign of life."""


def ingress(name: str, process: Process, configuration: Configuration, namespace: str) -> IngressPlan | None:
    """None without hosts. Raises InvalidInput for a wish that nobody can be told of."""
    if not process.hosts:
        return None
    stated = configuration.ingress
    if stated.gateway:
        return IngressPlan(
            hosts=tuple(process.hosts),
            class_name=None,
            tls_secret=None,
            paths=tuple(process.paths),
            annotations=stated.annotations,
            gateway=_gateway(stated.gateway, stated, process),
        )
    told = _told(name, process, configuration, namespace)
    tls = stated.tls is not None or stated.issuer is not None
    controller = controller_of(stated.controller, stated.class_)
    in_aws = controller is not None and controller.finds_certificates
    secret = stated.tls or (f"{configuration.name}-{name}-tls" if stated.issuer else None)
    return IngressPlan(
        hosts=tuple(process.hosts),
        class_name=stated.class_,
        tls_secret=None if in_aws else secret,
        tls=tls and in_aws,
        paths=tuple(process.paths),
        annotations={**_certificates(stated), **told.ingress, **stated.annotations},
        middlewares=told.middlewares,
    )


def service_annotations(name: str, process: Process, configuration: Configuration, namespace: str) -> Mapping[str, str]:
    """What some controllers want to hear from the Service."""
    if not process.hosts or configuration.ingress.gateway:
        return {}
    return _told(name, process, configuration, namespace).service


def silence_seconds(process: Process, configuration: Configuration) -> int:
    """How long the app may be silent while it answers."""
    if configuration.ingress.timeout:
        return configuration.ingress.timeout
    if process.streams:
        return STREAM_SECONDS
    return max(QUIET_SECONDS, request_seconds(process) + SPARE_SECONDS)


def _told(name: str, process: Process, configuration: Configuration, namespace: str) -> Told:
    stated = configuration.ingress
    controller = controller_of(stated.controller, stated.class_)
    unheard = [
        key
        for key, asked in (
            ("ingress.body", stated.body is not None),
            ("ingress.redirect", stated.redirect is not None),
            ("ingress.timeout", stated.timeout is not None),
            # Without any class nobody knows; the Service's own affinity holds for clients in the cluster.
            (f"processes.{name}.sticky", process.sticky and stated.class_ is not None),
        )
        if asked
    ]
    if controller is None:
        if unheard:
            raise InvalidInput(
                f"kubeship.yaml: {', '.join(unheard)}: each ingress controller has its own annotations for that, and "
                f"the class {stated.class_ or '(the default)'} doesn't say which one it is",
                hint="set ingress.controller to nginx, traefik, haproxy or alb; or write ingress.annotations yourself",
            )
        return Told()
    serving = [each for each in configuration.processes.values() if each.hosts]
    patience = serving if controller.one_for_all else [process]
    return controller.tell(
        Wishes(
            name=f"{configuration.name}-{name}",
            namespace=namespace,
            tls=stated.tls is not None or stated.issuer is not None,
            redirect=stated.redirect,
            body_kilobytes=_kilobytes(configuration),
            body_stated=stated.body is not None,
            seconds=max(silence_seconds(each, configuration) for each in patience),
            sticky=process.sticky,
            grpc=process.is_grpc,
            health=process.health.path if process.health else None,
            group=configuration.name if len(serving) > 1 else None,
        )
    )


def _kilobytes(configuration: Configuration) -> int:
    """One number for whoever stands before the app."""
    size = configuration.ingress.body or (configuration.static.body if configuration.static else None)
    return BODY_KILOBYTES if size is None else kilobytes(size)


def _certificates(stated: Ingress) -> dict[str, str]:
    """Source: cert-manager.io/docs/usage/ingress."""
    if stated.issuer is None:
        return {}
    kind, _, name = stated.issuer.rpartition("/")
    return {f"cert-manager.io/{'issuer' if kind == 'Issuer' else 'cluster-issuer'}": name}


def _gateway(text: str, stated: Ingress, process: Process) -> GatewayPlan:
    namespace, name, *listener = text.split("/")
    timeout = stated.timeout if stated.timeout is not None else (0 if process.streams else None)
    return GatewayPlan(namespace, name, listener[0] if listener else None, stated.http_listener, timeout)
