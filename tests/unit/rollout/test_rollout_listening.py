"""Is it known where a program listens, by its own words and by the kernel's?"""

import pytest

from kubeship.rollout.listening import Place, elsewhere, listening, not_alone, not_reached, said

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LOOPBACK = (
    "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0\n"
)
ANY = "   1: 00000000:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0\n"
CONNECTED = "   2: 0100007F:1F41 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 3\n"
ANY_V6 = (
    "   0: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000     0        0 4 1 0 100 0 0 10 0\n"
)
MAPPED = ANY_V6.replace("00000000000000000000000000000000:1F40", "0000000000000000FFFF00000100007F:1F40")


@pytest.mark.parametrize(
    ("line", "host", "port"),
    [
        ("[2026-11-20 10:00:00 +0000] [1] [INFO] Listening at: http://127.0.0.1:8000 (1)", "127.0.0.1", 8000),
        ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "0.0.0.0", 8000),
        ("[INFO] Running on http://127.0.0.1:8000 (CTRL + C to quit)", "127.0.0.1", 8000),
        (" * Running on http://127.0.0.1:5000", "127.0.0.1", 5000),
        ("Starting development server at http://127.0.0.1:8000/", "127.0.0.1", 8000),
        ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", "0.0.0.0", 8000),
        ("INFO:waitress:Serving on http://0.0.0.0:8080", "0.0.0.0", 8080),
        ("2026-11-20 10:00:00 INFO Listening on TCP address 127.0.0.1:8000", "127.0.0.1", 8000),
        ("[INFO] Goin' Fast @ http://127.0.0.1:8000", "127.0.0.1", 8000),
        ("uwsgi socket 0 bound to TCP address 127.0.0.1:3031 fd 3", "127.0.0.1", 3031),
        ("  Local URL: http://localhost:8501", "localhost", 8501),
        ("[INFO] Listening at: http://[::1]:8000 (1)", "[::1]", 8000),
    ],
)
def test_servers_say_where_they_listen(line: str, host: str, port: int) -> None:
    place = said(f"starting\n{line}\nready\n")

    assert place == Place(port, host, line.strip())


@pytest.mark.parametrize("line", ["connecting to postgres://db:5432", "see the URL: http://a.b", "took 8000 ms"])
def test_other_lines_with_numbers_say_nothing(line: str) -> None:
    assert said(line) is None


def test_kernel_tells_who_listens_and_where() -> None:
    places = [(place.host, place.port, place.reachable) for place in listening(HEADER + LOOPBACK + ANY + CONNECTED)]

    assert places == [("0.0.0.0", 5000, True), ("127.0.0.1", 8000, False)]


@pytest.mark.parametrize(("line", "host", "reachable"), [(ANY_V6, "::", True), (MAPPED, "127.0.0.1", False)])
def test_kernel_tells_it_of_ipv6_too(line: str, host: str, reachable: bool) -> None:
    (place,) = listening(HEADER + line)

    assert (place.host, place.port, place.reachable) == (host, 8000, reachable)


def test_kernel_counts_before_the_log() -> None:
    found = elsewhere(8000, "Running on http://0.0.0.0:8000", HEADER + LOOPBACK)

    assert found
    assert found.cause == "the program listens on 127.0.0.1 only, which nothing outside its pod can reach"
    assert found.evidence == "/proc/net/tcp in the pod: 127.0.0.1:8000 LISTEN"


def test_port_that_answers_is_not_elsewhere() -> None:
    assert elsewhere(5000, "", HEADER + ANY) is None
    assert elsewhere(8000, "Running on http://0.0.0.0:8000", "") is None
    assert elsewhere(8000, "no word of it", "") is None


def test_pod_in_which_nothing_listens_is_said_to_be_so_unless_its_log_says_more() -> None:
    silent = elsewhere(8000, "waiting for the database", HEADER)
    telling = elsewhere(8000, "Listening at: http://127.0.0.1:8000", HEADER)

    assert silent
    assert silent.cause == "nothing in the pod listens on any port, 8000 included"
    assert telling
    assert "127.0.0.1 only" in telling.cause


def test_other_port_is_named_with_what_to_set() -> None:
    found = elsewhere(8000, "", HEADER + ANY)

    assert found
    assert found.cause == "in the pod, only port 5000 is listened on"
    assert (
        found.remedy
        == "let the program listen on 8000, or the probe ask 5000 (`port:` of the process in kubeship.yaml)"
    )


def test_what_listens_by_ipv6_alone_is_told_where_a_probe_is_refused() -> None:
    found = elsewhere(8000, "", HEADER + ANY_V6)

    assert found
    assert found.cause == "the program listens on [::]:8000 only, which may take no IPv4"
    assert elsewhere(8000, "", HEADER + ANY_V6 + ANY.replace("1388", "1F40")) is None


def test_port_that_nobody_outside_reaches_is_told_only_where_the_kernel_says_so() -> None:
    assert not_reached(8080, HEADER + ANY) == "nothing listens there (only on 5000)"
    assert not_reached(8000, HEADER + LOOPBACK) == "the program listens on 127.0.0.1 only"
    assert not_reached(8000, HEADER).startswith("nothing in the pod")
    assert not_reached(5000, HEADER + ANY) == not_reached(8000, HEADER + ANY_V6) == not_reached(8000, "") == ""


def test_port_of_a_pod_with_several_containers_is_nobodys_for_certain() -> None:
    found = elsewhere(15021, "", HEADER + ANY)
    assert found

    shared = not_alone("proxy", 15021, found)

    assert shared.shared
    assert shared.cause == "in the pod, only port 5000 is listened on, by any of its containers"
    assert shared.remedy == "let proxy listen on 15021, on 0.0.0.0, or correct the probe's port; read its log"
