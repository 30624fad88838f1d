"""Does a session answer BuildKit's questions, and nobody else's?"""

from collections.abc import Callable

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, TrailersReceived
from h2.settings import SettingCodes

from kubeship.errors import BuildFailed
from kubeship.images.grpc_server import Refused, serve
from kubeship.images.ports import Credentials
from kubeship.images.protobuf import bytes_field, fields, number_field
from kubeship.images.session import CREDENTIALS, HEALTH, SECRET, Session, methods


class Engine:
    """The calling side of a session: sends a call, and says that it is done once the answer is whole."""

    def __init__(self, path: str, message: bytes, window: int = 65535) -> None:
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: window})
        headers = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "x"), ("te", "trailers")]
        self.h2.send_headers(1, headers)
        self.h2.send_data(1, b"\0" + len(message).to_bytes(4, "big") + message, end_stream=True)
        self.status, self.content = "", b""

    def receive(self) -> bytes:
        return b"" if self.status else self.h2.data_to_send()

    def send(self, content: bytes) -> None:
        for event in self.h2.receive_data(content):
            if isinstance(event, DataReceived):
                self.content += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, 1)
            elif isinstance(event, ResponseReceived | TrailersReceived):
                self.status = dict(event.headers).get("grpc-status", self.status)  # type: ignore[call-overload]


def test_call_is_answered_with_its_message_and_status_0() -> None:
    engine = Engine("/health", b"")

    serve(engine, {"/health": lambda request: b"serving"})

    assert (engine.status, engine.content) == ("0", b"\0\0\0\0\x07serving")


@pytest.mark.parametrize("window", [1000, 65535, 1 << 20])
def test_answer_larger_than_the_callers_window_arrives_whole(window: int) -> None:
    engine = Engine("/secret", b"", window)

    serve(engine, {"/secret": lambda request: b"s" * 500_000})

    assert engine.status == "0"
    assert engine.content[5:] == b"s" * 500_000


def test_unknown_call_is_unimplemented_so_that_newer_engines_go_on() -> None:
    engine = Engine("/moby.filesync.v1.Auth/FetchToken", b"")

    serve(engine, {})

    assert engine.status == "12"


def test_bytes_that_are_no_http2_end_the_session() -> None:
    class Noise:
        def receive(self) -> bytes:
            return b"GET / HTTP/1.1\r\n\r\n"

        def send(self, content: bytes) -> None:
            return

    serve(Noise(), {})


def test_secret_is_given_by_its_id_and_no_other() -> None:
    answered = methods(Session(secrets={"index": b"value"}))

    assert dict(fields(answered[SECRET](bytes_field(1, b"index")))) == {1: b"value"}
    with pytest.raises(Refused, match=r"secret other is not declared"):
        answered[SECRET](bytes_field(1, b"other"))


@pytest.mark.parametrize("host", ["docker.io", "registry-1.docker.io", "index.docker.io"])
def test_docker_hub_has_one_login_by_all_its_names(host: str) -> None:
    answered = methods(Session(credentials={"docker.io": Credentials("ann", "secret")}.get))

    assert dict(fields(answered[CREDENTIALS](bytes_field(1, host.encode())))) == {1: b"ann", 2: b"secret"}


def test_identity_token_comes_without_a_name_and_no_login_is_an_empty_answer() -> None:
    answered = methods(Session(credentials={"r.io": Credentials("", "token")}.get))

    assert dict(fields(answered[CREDENTIALS](bytes_field(1, b"r.io")))) == {1: b"", 2: b"token"}
    assert answered[CREDENTIALS](bytes_field(1, b"other.io")) == b""


def test_failing_credential_helper_reaches_the_build_as_a_sentence() -> None:
    def fail(registry: str) -> Credentials | None:
        raise BuildFailed("docker-credential-x said no", hint="")

    with pytest.raises(Refused, match="docker-credential-x said no"):
        methods(Session(credentials=fail))[CREDENTIALS](bytes_field(1, b"r.io"))


def test_health_is_serving() -> None:
    assert methods(Session())[HEALTH](b"") == number_field(1, 1) == b"\x08\x01"


def test_nothing_secret_shows_in_a_representation() -> None:
    lookup: Callable[[str], Credentials | None] = {"r.io": Credentials("ann", "hidden")}.get
    session = Session(secrets={"index": b"hidden"}, credentials=lookup)

    assert "hidden" not in repr(session)
    assert "hidden" not in repr(Credentials("ann", "hidden"))
