"""Are volumes, routes, scaling, rights and monitoring planned as an expert would, each number with its reason?"""

import pytest

from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.process_schema import Process, Resources
from kubeship.config.server import Numbers
from kubeship.errors import InvalidInput
from kubeship.model.plan import Plan, ProcessPlan
from kubeship.planning.plan import plan
from kubeship.planning.servers.numbers import EVENT_LOOP, ONE_PROCESS, THREADED
from kubeship.planning.sizing import fitting, half

APP = """\
version: 1
name: shop
image: shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
  web: {kind: web, entrypoint: "shop:app", server: gunicorn, port: 8000, hosts: [shop.example.com]WEB}
  worker: {kind: worker, command: celery -A shop worker}
REST
environments: {production: {namespace: live}}
"""


def planned(web: str = "", rest: str = "") -> Plan:
    text = APP.replace("WEB", f", {web}" if web else "").replace("REST", rest)
    return plan(*parsed(text).configuration(None), Lock())


def web_of(web: str = "", rest: str = "") -> ProcessPlan:
    return planned(web, rest).processes[0]


@pytest.mark.parametrize(
    ("numbers", "cpu", "memory", "workers"),
    [
        (THREADED, "250m", "256Mi", 2),
        (THREADED, "1", "1Gi", 3),
        (THREADED, "2", "4Gi", 5),
        (THREADED, "2", "300Mi", 3),
        (THREADED, "250m", "128Mi", 1),
        (EVENT_LOOP, "250m", "256Mi", 1),
        (EVENT_LOOP, "3", "1Gi", 3),
        (ONE_PROCESS, "4", "4Gi", 1),
    ],
)
def test_workers_follow_from_cpu_and_memory(numbers: Numbers, cpu: str, memory: str, workers: int) -> None:
    process = Process(kind="worker", command="true", resources=Resources(cpu=cpu, memory=memory))

    fitted = fitting(numbers, process)

    assert fitted.workers == workers
    assert fitted.workers == numbers.workers or str(workers) in fitted.reason


def test_the_reason_of_the_workers_is_that_of_the_command() -> None:
    made = planned("resources: {cpu: 1, memory: 1Gi}")

    assert ("--workers", "3") in zip(made.processes[0].command, made.processes[0].command[1:], strict=False)
    assert made.reasons["processes.web.workers"] == "3 workers (2 x 1 CPU + 1) x 4 threads"


def test_half_of_the_memory_is_in_whole_mebibytes() -> None:
    assert (half("16Gi"), half("1Mi")) == ("8192Mi", "1Mi")


def test_an_autoscaled_process_starts_from_its_least_number() -> None:
    web = web_of("replicas: {min: 2, max: 6}")

    assert web.scaling is not None
    assert (web.scaling.min, web.scaling.max, web.scaling.cpu, web.scaling.memory) == (2, 6, 70, None)
    assert web.scaling.scale_down_seconds == 300
    assert web_of("replicas: {min: 3, max: 3}").scaling is None


def test_memory_alone_may_scale() -> None:
    scaling = web_of("replicas: {min: 2, max: 6, memory: 80}").scaling

    assert scaling and (scaling.cpu, scaling.memory) == (None, 80)


def test_a_volume_that_one_node_holds_is_freed_before_the_next_pod() -> None:
    assert web_of("replicas: 1, volumes: [{path: data, size: 1Gi}]").recreate
    assert not web_of("volumes: [{path: data, size: 1Gi, per_replica: true}]").recreate
    shared = "volumes: {media: {path: media, size: 1Gi, access: ReadWriteMany}}"
    assert not web_of(rest=shared).recreate


def test_only_a_process_that_nothing_asks_has_to_run_for_a_while_before_it_counts() -> None:
    web, worker = planned().processes
    text = APP.replace("kind: worker", "kind: singleton").replace("WEB", "").replace("REST", "")
    singleton = plan(*parsed(text).configuration(None), Lock()).processes[1]

    assert (web.min_ready_seconds, worker.min_ready_seconds, singleton.min_ready_seconds) == (0, 5, 0)
    assert "nothing asks the process" in planned().reasons["processes.worker.min_ready_seconds"]


def test_volumes_get_names_of_their_own() -> None:
    web = web_of("replicas: 1, volumes: [{path: a/tmp, size: 1Gi}, {path: b/tmp, size: 1Gi}]")

    assert [(volume.name, volume.claim, volume.path) for volume in web.volumes] == [
        ("web-tmp", "shop-web-tmp", "/app/a/tmp"),
        ("web-tmp-2", "shop-web-tmp-2", "/app/b/tmp"),
    ]


def test_a_load_balancer_outside_of_the_cluster_gets_more_time() -> None:
    inside, outside = web_of(rest="ingress: {class: nginx}"), web_of(rest="ingress: {class: alb}")

    assert (inside.pre_stop_seconds, outside.pre_stop_seconds) == (5, 20)
    assert outside.grace_seconds - outside.pre_stop_seconds == inside.grace_seconds - inside.pre_stop_seconds


@pytest.mark.parametrize("key", ["body: 5m", "redirect: true", "timeout: 90"])
def test_a_wish_that_no_controller_is_known_for_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match=r"the class internal doesn't say") as refused:
        planned(rest=f"ingress: {{class: internal, {key}}}")

    assert "ingress.controller" in refused.value.hint


def test_without_a_controller_nothing_is_written() -> None:
    made = web_of().ingress

    assert made and not made.annotations


def test_stated_annotations_win() -> None:
    name = "nginx.ingress.kubernetes.io/proxy-body-size"
    made = web_of(rest=f'ingress: {{class: nginx, annotations: {{{name}: "0"}}}}').ingress

    assert made and made.annotations[name] == "0"


def test_streams_may_be_silent_for_an_hour() -> None:
    made = web_of("streams: true", "ingress: {class: nginx}").ingress

    assert made and made.annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "3600"


def test_ingresses_that_share_a_load_balancer_say_the_same() -> None:
    rest = """ingress: {class: alb}"""
    text = APP.replace("WEB", ", streams: true").replace("REST", rest)
    second = '  api: {kind: web, entrypoint: "shop:api", server: gunicorn, port: 8001, hosts: [api.example.com]}\n'
    made = plan(*parsed(text.replace("  worker:", f"{second}  worker:")).configuration(None), Lock())
    name = "alb.ingress.kubernetes.io/load-balancer-attributes"

    said = {process.ingress.annotations[name] for process in made.processes if process.ingress}

    assert said == {"idle_timeout.timeout_seconds=3600"}


def test_the_agents_launcher_comes_once() -> None:
    made = planned(rest="monitoring: newrelic")

    assert all(process.command[:2] == ("newrelic-admin", "run-program") for process in made.processes)
    again = planned('command: "ddtrace-run gunicorn shop:app"', "monitoring: datadog").processes[0]
    assert again.command.count("ddtrace-run") == 1


def test_every_limit_and_number_has_its_reason() -> None:
    made = planned("replicas: {min: 2, max: 6}", "ingress: {class: nginx}")

    assert {"processes.web.replicas", "processes.web.resources.memory", "processes.web.resources.cpu_limit"} <= set(
        made.reasons
    )
    assert made.reasons["ingress.controller"].startswith("nginx, by the class nginx")


def test_sticky_without_a_class_holds_in_the_cluster_and_says_so() -> None:
    made = planned("sticky: true")

    assert made.processes[0].sticky
    assert made.reasons["processes.web.sticky"].startswith("holds in the cluster only")
