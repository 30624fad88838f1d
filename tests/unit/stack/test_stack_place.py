"""Does each checkout get addresses and ports that nobody else uses?"""

import socket
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest

from tests.stack.network import rules
from tests.stack.place import NUMBERS, Place, free_ports, number_is_free

PLACE = Place(Path("/checkout"), 170, 5000, 8080, 9000)


def test_network_that_a_route_touches_is_not_free() -> None:
    in_use = [IPv4Network("10.170.3.0/24"), IPv4Network("192.168.0.0/16")]

    assert not number_is_free(170, in_use)
    assert number_is_free(171, in_use)


def test_route_to_everything_private_leaves_no_number() -> None:
    assert not any(number_is_free(number, [IPv4Network("10.0.0.0/8")]) for number in NUMBERS)


def test_parts_of_the_network_lie_inside_it_and_apart_from_one_another() -> None:
    parts = [
        ip_network(text)
        for text in (PLACE.pods, PLACE.services, f"{PLACE.machine_address}/32", f"{PLACE.node_address}/32")
    ] + [ip_network(PLACE.engine_pool), ip_network(f"{PLACE.engine_gateway}/24", strict=False)]

    assert all(part.subnet_of(ip_network(PLACE.network)) for part in parts)  # type: ignore[arg-type]  # all are IPv4
    assert not any(one.overlaps(other) for one in parts for other in parts if one is not other)


def test_names_of_devices_fit_the_kernel() -> None:
    assert all(len(name) <= 15 for name in (PLACE.engine_bridge, PLACE.link))


def test_socket_paths_fit_the_kernel_however_deep_the_checkout_lies() -> None:
    place = replace(PLACE, checkout=Path("/" + "deep/" * 40))

    assert all(len(str(path)) < 108 for path in (place.docker_socket, place.supervisor_socket))


def test_every_rule_carries_the_name_by_which_it_is_removed() -> None:
    assert all("kubeship-170" in rule for _, _, rule in rules(PLACE))


def test_preferred_port_is_kept_only_while_it_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        chosen = free_ports(3, prefer=[taken])
    assert taken not in chosen
    assert len(set(chosen)) == 3
    assert free_ports(3, prefer=chosen) == chosen


@pytest.mark.parametrize("number", [NUMBERS[0], NUMBERS[-1]])
def test_every_number_makes_a_valid_network(number: int) -> None:
    assert ip_network(replace(PLACE, number=number).network).num_addresses == 65536
