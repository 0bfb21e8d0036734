"""What only the ZeroMQ door can be sent: frames, sizes, raw bytes on its TCP port."""

import json
import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgpack
import pytest

from bridge_server.doors.zeromq import HARD_LIMIT
from bridge_server.protocol.codec import LARGEST
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import ZmqKnock, answer_to

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
"""ZMTP 3.0, NULL mechanism, as client. Source: ZeroMQ RFC 23."""


@pytest.fixture
def knock(bridge: RunningBridge) -> Iterator[ZmqKnock]:
    knock = ZmqKnock(bridge.connection)
    yield knock
    knock.close()


def letter(knock: ZmqKnock, **fields: object) -> bytes:
    whole = {"version": 1, "key": knock.key, "client": knock.name, "message": {"request": "hello", "id": "1"}, **fields}
    packed: bytes = msgpack.packb(whole)
    return packed


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        b"hello",
        b"\xde\xff\xff",
        b"\x81\xa7version",
        b"\xa3\xff\xfe\xfd",
        b"\x91" * 100_000,
        json.dumps({"version": 1, "key": "k", "client": "c", "message": {}}).encode(),
    ],
    ids=["empty", "never used", "text", "short map", "cut", "not UTF-8", "deep", "JSON"],
)
def test_what_is_no_letter_is_refused(knock: ZmqKnock, frame: bytes) -> None:
    knock.frames(frame)
    refused = knock.receive()
    assert refused["event"] == "refused"
    check_problem(refused["error"], "bad_message")


@pytest.mark.parametrize("field", ["version", "key", "client", "message"])
def test_a_letter_lacks_nothing(knock: ZmqKnock, field: str) -> None:
    whole = msgpack.unpackb(letter(knock))
    del whole[field]
    knock.frames(msgpack.packb(whole))
    refused = knock.receive()
    check_problem(refused["error"])
    assert field in refused["error"]["message"]


@pytest.mark.parametrize("client", ["", "../../x", "a b", "x" * 65, "name\n", ".hidden"])
def test_a_client_name_that_is_no_file_name_is_refused(knock: ZmqKnock, client: str) -> None:
    knock.frames(letter(knock, client=client))
    refused = knock.receive()
    check_problem(refused["error"])
    assert "client" in refused["error"]["message"]


def test_bytes_are_no_text(knock: ZmqKnock) -> None:
    knock.frames(letter(knock, client=b"as-bytes"))
    check_problem(knock.receive()["error"])


@pytest.mark.parametrize("frames", [2, 3, 50])
def test_more_frames_than_one_are_refused(knock: ZmqKnock, frames: int) -> None:
    knock.frames(*[letter(knock)] * frames)
    refused = knock.receive()
    check_problem(refused["error"], "bad_message")
    assert str(frames) in refused["error"]["message"]


def test_two_mebibytes_are_too_large_and_said_to_be(knock: ZmqKnock) -> None:
    knock.letter({"request": "generate", "job": "large-one", "tags": "x" * (2 << 20)})
    check_problem(knock.receive()["error"], "too_large")
    assert answer_to(knock, {"request": "hello", "id": "2"})["event"] == "welcome"


def test_the_largest_letter_is_read(knock: ZmqKnock) -> None:
    plain = letter(knock, message={"request": "hello", "id": "1", "x": ""})
    full = letter(knock, message={"request": "hello", "id": "1", "x": "x" * (LARGEST - len(plain) - 4)})
    assert len(full) == LARGEST
    knock.frames(full)
    check_problem(knock.receive()["error"], "bad_request")


def test_beyond_the_hard_limit_the_line_is_cut_and_the_bridge_goes_on(bridge: RunningBridge, knock: ZmqKnock) -> None:
    rude = ZmqKnock(bridge.connection)
    rude.frames(bytes(HARD_LIMIT + 1))
    assert not rude.socket.poll(200)
    rude.close()
    assert answer_to(knock, {"request": "hello", "id": "1"})["event"] == "welcome"


def test_a_frame_that_announces_a_gigabyte_costs_nothing(bridge: RunningBridge, knock: ZmqKnock) -> None:
    """As it stands on the wire: nobody reserves memory for what a header claims, and the connection is closed."""
    with connect(bridge) as tcp:
        handshake(tcp)
        tcp.sendall(b"\x02" + struct.pack(">Q", 1 << 30) + b"only the beginning")
        assert is_closed(tcp), "the connection of a peer that announces 1 GiB stays open"
    assert answer_to(knock, {"request": "hello", "id": "1"})["event"] == "welcome"


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x00" * 64, b"\xff" * 4_096])
def test_strangers_on_the_port_do_no_harm(bridge: RunningBridge, knock: ZmqKnock, noise: bytes) -> None:
    with connect(bridge) as tcp:
        tcp.sendall(noise)
    assert answer_to(knock, {"request": "hello", "id": "1"})["event"] == "welcome"


def connect(bridge: RunningBridge) -> socket.socket:
    where = urlsplit(bridge.connection.zmq)
    assert where.port is not None
    return socket.create_connection(("127.0.0.1", where.port), timeout=3)


def handshake(tcp: socket.socket) -> None:
    """Greeting and READY as a DEALER, both ways."""
    tcp.sendall(GREETING)
    read_exactly(tcp, 64)
    body = b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
    tcp.sendall(bytes([4, len(body)]) + body)
    _, length = read_exactly(tcp, 2)
    read_exactly(tcp, length)


def read_exactly(tcp: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = tcp.recv(count - len(data))
        assert more, "the bridge hung up during the handshake"
        data += more
    return data


def is_closed(tcp: socket.socket) -> bool:
    try:
        return tcp.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
