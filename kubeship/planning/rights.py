"""Who are the pods to their cluster: their account, its rights, their Secret, and whom they may talk to?"""

from kubeship.config.schema import Configuration
from kubeship.model.surroundings import AccountPlan, EgressPlan, ExternalSecretPlan, NetworkPlan, RulePlan


def account(configuration: Configuration) -> AccountPlan:
    """The ServiceAccount of all pods."""
    stated = configuration.service_account
    return AccountPlan(
        name=stated.name or configuration.name,
        exists=stated.name is not None,
        annotations=stated.annotations,
        rules=tuple(
            RulePlan(tuple(rule.groups), tuple(rule.resources), tuple(rule.verbs), tuple(rule.names))
            for rule in configuration.permissions
        ),
    )


def network(configuration: Configuration) -> NetworkPlan | None:
    """None where it isn't asked for."""
    stated = configuration.network_policy
    if not stated:
        return None
    return NetworkPlan(
        ingress_namespace=stated.ingress_namespace,
        monitoring_namespace=stated.monitoring_namespace,
        egress=tuple(EgressPlan(each.cidr, each.namespace, each.labels, tuple(each.ports)) for each in stated.egress),
    )


def external_secret(configuration: Configuration) -> ExternalSecretPlan | None:
    """None where the Secret is made by somebody else."""
    stated = configuration.secrets
    if stated is None or stated.store is None:
        return None
    kind, _, store = stated.store.rpartition("/")
    return ExternalSecretPlan(
        secret=stated.source,
        store_kind=kind or "SecretStore",
        store=store,
        path=stated.path or configuration.name,
        keys=tuple(dict.fromkeys((*stated.keys, *stated.files.values()))),
    )
