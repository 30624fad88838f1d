"""Which services does a workload become in a compose file?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubeship.model.objects import Object, is_release_step, pod_template, process_of
from kubeship.rendering.compose_health import healthcheck
from kubeship.rendering.compose_values import expanded, interpolated, quantity, required, size
from kubeship.rendering.compose_volumes import ConfigFile, mounts

COMPLETED = {"condition": "service_completed_successfully"}
STARTED = {"condition": "service_started"}
GPU = "nvidia.com/gpu"


@dataclass(frozen=True)
class Service:
    """One service, but for its image and the ports of the machine that it gets."""

    image: str
    definition: dict[str, Any]
    ports: tuple[int, ...] = ()
    """That Services of the cluster lead to."""
    volumes: tuple[str, ...] = ()
    owner: str = ""
    """Whose files they are: `10001:10001`."""
    files: tuple[ConfigFile, ...] = ()
    secrets: tuple[str, ...] = ()
    """Variables that `.env` must set."""


@dataclass(frozen=True)
class Surroundings:
    """What a service needs to know beside its workload."""

    objects: tuple[Object, ...]
    after: tuple[str, ...]
    """Services that must have ended well before it starts."""
    python: bool
    """Whether the image has one, to ask with whether the process is healthy."""
    keeps_entrypoint: bool
    """Whether the image may have an ENTRYPOINT: kubeship's own have none."""


def services(workload: Object, around: Surroundings) -> dict[str, Service]:
    """The workload's main container as a service of the process' name, and one for each other container.

    Containers of a pod share its network, so the others join the main one's. An init container that ends is waited for.
    """
    name = process_of(workload)
    pod: Object = (pod_template(workload) or {})["spec"]
    main, *others = pod["containers"]
    initial = pod.get("initContainers") or []
    first = [each for each in initial if each.get("restartPolicy") != "Always"]
    beside = [each for each in initial if each.get("restartPolicy") == "Always"] + others
    made: dict[str, Service] = {}
    after = around.after
    for container in first:
        made[f"{name}-{container['name']}"] = _service(
            container, workload, around, {"restart": "no", **_depends(after)}
        )
        after = (f"{name}-{container['name']}",)
    ports = _target_ports(name, pod, around.objects)
    made[name] = _service(main, workload, around, {**_life(workload, bool(ports)), **_depends(after)}, ports)
    for container in beside:
        life = {**_life(workload, True), "network_mode": f"service:{name}", "depends_on": {name: STARTED}}
        made[f"{name}-{container['name']}"] = _service(container, workload, around, life)
    return made


def _life(workload: Object, alone: bool) -> dict[str, Any]:
    """When it runs: always, once, or when somebody's cron says `docker compose run`."""
    if is_release_step(workload) or workload["kind"] == "Job":
        return {"restart": "no"}
    if workload["kind"] == "CronJob":
        zone = workload["spec"].get("timeZone")
        when = {"x-schedule": workload["spec"]["schedule"], **({"x-time-zone": zone} if zone else {})}
        return {"restart": "no", "profiles": ["cron"], **when}
    replicas = workload["spec"].get("replicas", 1)
    # Two can't have the same port of one machine.
    return {"restart": "unless-stopped", **({"scale": replicas} if replicas > 1 and not alone else {})}


def _depends(after: Iterable[str]) -> dict[str, Any]:
    waited = dict.fromkeys(after, COMPLETED)
    return {"depends_on": waited} if waited else {}


def _service(
    container: Object, workload: Object, around: Surroundings, life: Mapping[str, Any], ports: tuple[int, ...] = ()
) -> Service:
    template = pod_template(workload) or {}
    pod: Object = template["spec"]
    claims = [each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates") or ()]
    mounted = mounts(container, pod, claims, process_of(workload), around.objects)
    environment, secrets = _environment(container, around.objects)
    security = {**(pod.get("securityContext") or {}), **(container.get("securityContext") or {})}
    user = ":".join(str(security[key]) for key in ("runAsUser", "runAsGroup") if key in security)
    checked = healthcheck(container, around.python)
    definition: dict[str, Any] = {
        **_command(container, environment, around.keeps_entrypoint),
        **({"working_dir": interpolated(container["workingDir"])} if "workingDir" in container else {}),
        **life,
        **({"environment": environment} if environment else {}),
        **({"healthcheck": checked} if checked and life.get("restart") != "no" else {}),
        **_stop(container, pod, environment),
        **({"user": user} if user else {}),
        **_confined(security),
        **mounted.definition,
        **_resources(container.get("resources") or {}),
    }
    return Service(container["image"], definition, ports, mounted.volumes, user, mounted.files, tuple(secrets))


def _command(container: Object, environment: Mapping[str, str], keeps_entrypoint: bool) -> dict[str, Any]:
    words = {key: [expanded(each, environment) for each in container.get(key) or ()] for key in ("command", "args")}
    if not words["command"]:
        return {"command": words["args"]} if words["args"] else {}
    if keeps_entrypoint:
        # Kubernetes' command stands in place of the ENTRYPOINT, compose's only behind it.
        return {"entrypoint": words["command"], "command": words["args"]}
    return {"command": words["command"] + words["args"]}


def _environment(container: Object, objects: Iterable[Object]) -> tuple[dict[str, str], list[str]]:
    """Variables with compose's own values, and those that come from Secrets. What only a pod has is left out."""
    configs = {item["metadata"]["name"]: item.get("data") or {} for item in objects if item["kind"] == "ConfigMap"}
    environment: dict[str, str] = {}
    secrets = []
    for each in container.get("envFrom") or ():
        source = configs.get((each.get("configMapRef") or {}).get("name", ""), {})
        environment |= {each.get("prefix", "") + key: interpolated(value) for key, value in source.items()}
    for each in container.get("env") or ():
        name, source = each["name"], each.get("valueFrom") or {}
        if secret := source.get("secretKeyRef"):
            environment[name] = f"${{{name}:-}}" if secret.get("optional") else required(name, secret["name"])
            secrets.append(name)
        elif config := source.get("configMapKeyRef"):
            environment[name] = interpolated(configs.get(config["name"], {}).get(config["key"], ""))
        elif not source:
            environment[name] = expanded(each.get("value", ""), environment)
    return environment, secrets


def _stop(container: Object, pod: Object, environment: Mapping[str, str]) -> dict[str, Any]:
    stopped = ((container.get("lifecycle") or {}).get("preStop") or {}).get("exec")
    command = [expanded(word, environment) for word in (stopped or {}).get("command") or ()]
    seconds = pod.get("terminationGracePeriodSeconds")
    return {
        **({"pre_stop": [{"command": command}]} if command else {}),
        **({"stop_grace_period": f"{seconds}s"} if seconds else {}),
    }


def _confined(security: Mapping[str, Any]) -> dict[str, Any]:
    capabilities = security.get("capabilities") or {}
    return {
        **({"read_only": True} if security.get("readOnlyRootFilesystem") else {}),
        **({"cap_drop": capabilities["drop"]} if capabilities.get("drop") else {}),
        **({"cap_add": capabilities["add"]} if capabilities.get("add") else {}),
        **({"security_opt": ["no-new-privileges:true"]} if security.get("allowPrivilegeEscalation") is False else {}),
    }


def _resources(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Limits; a machine alone has nobody to reserve for."""
    limits = stated.get("limits") or {}
    made = {
        **({"mem_limit": size(limits["memory"])} if "memory" in limits else {}),
        **({"cpus": float(quantity(limits["cpu"]))} if "cpu" in limits else {}),
    }
    if GPU in limits:
        device = {"driver": "nvidia", "count": int(quantity(limits[GPU])), "capabilities": ["gpu"]}
        made["deploy"] = {"resources": {"reservations": {"devices": [device]}}}
    return made


def _target_ports(process: str, pod: Object, objects: Iterable[Object]) -> tuple[int, ...]:
    """The container ports that Services lead to."""
    every = [*(pod.get("initContainers") or ()), *pod["containers"]]
    named = {port.get("name"): port["containerPort"] for each in every for port in each.get("ports") or ()}
    return tuple(dict.fromkeys(_numbers(process, named, objects)))


def _numbers(process: str, named: Mapping[str, int], objects: Iterable[Object]) -> Iterator[int]:
    for item in objects:
        if item["kind"] == "Service" and process_of(item) == process:
            for port in item["spec"].get("ports") or ():
                target = port.get("targetPort", port["port"])
                if isinstance(target, int) or target in named:
                    yield target if isinstance(target, int) else named[target]
