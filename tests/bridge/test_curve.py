"""P8: nothing listens beyond this machine without keys, and with keys only their holders are heard."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import zmq.asyncio

from bridge_server.client import Client
from bridge_server.connection import Connection, OscAddress
from bridge_server.doors.curve import Curve, is_loopback
from bridge_server.doors.zeromq import ZmqDoor, ZmqRoute
from bridge_server.protocol.codec import Envelope
from bridge_server.protocol.errors import NoBridge
from bridge_server.protocol.events import Welcome


@contextmanager
def shared_door(curve: Curve) -> Iterator[str]:
    """A door with keys that welcomes everybody whom it hears."""
    address: list[str] = []
    is_open, loop_box = threading.Event(), []

    def welcome(envelope: Envelope, _wire: str, _door: str, route: ZmqRoute) -> None:
        question = msgspec.msgpack.decode(envelope.message)
        route.send(Welcome(id=question["id"], version=1, release="test", engine="ready"))

    async def serve() -> None:
        context = zmq.asyncio.Context()
        door = ZmqDoor(context, welcome, "tcp://127.0.0.1:*", curve)
        door.open()
        address.append(door.address)
        stop = asyncio.Event()
        loop_box.append((asyncio.get_running_loop(), stop))
        is_open.set()
        await stop.wait()
        await door.close()
        context.destroy(linger=0)

    def run() -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    assert is_open.wait(5)
    yield address[0]
    loop, stop = loop_box[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)


def connection(address: str) -> Connection:
    return Connection(
        release="", pid=0, started="", key="k", zmq=address, osc=OscAddress("", 0), mailbox="", home="", shared=address
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tcp://127.0.0.1:5555", True),
        ("tcp://localhost:5555", True),
        ("tcp://[::1]:5555", True),
        ("tcp://0.0.0.0:5555", False),
        ("tcp://192.168.1.7:5555", False),
        ("tcp://*:5555", False),
        ("tcp://studio.local:5555", False),
    ],
)
def test_loopback_is_recognised(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_leaving_the_machine_without_keys_is_refused() -> None:
    async def attempt() -> None:
        context = zmq.asyncio.Context()
        try:
            with pytest.raises(ValueError, match="CURVE"):
                ZmqDoor(context, lambda *_: None, "tcp://0.0.0.0:*")
        finally:
            context.destroy(linger=0)

    asyncio.run(attempt())


def test_holders_of_a_key_are_heard_and_nobody_else(tmp_path: Path) -> None:
    curve = Curve(tmp_path / "curve")
    curve.make()
    stranger = Curve(tmp_path / "stranger")
    stranger.make()
    (stranger.folder / "server.key").write_bytes((curve.folder / "server.key").read_bytes())
    with shared_door(curve) as address:
        with Client(connection(address), "friend", curve) as friend:
            assert friend.hello().release == "test"
        with Client(connection(address), "stranger", stranger) as client, pytest.raises(NoBridge):
            client.hello(within_seconds=0.5)
        with Client(connection(address), "plain") as client, pytest.raises(NoBridge):
            client.hello(within_seconds=0.5)


def test_secret_keys_are_the_owners_alone(tmp_path: Path) -> None:
    curve = Curve(tmp_path / "curve")
    curve.make()
    first = (curve.folder / "server.key").read_bytes()
    curve.make()
    assert (curve.folder / "server.key").read_bytes() == first, "keys are made once"
    for secret in (curve.folder / "server.key_secret", curve.clients / "client.key_secret"):
        assert secret.stat().st_mode & 0o077 == 0
