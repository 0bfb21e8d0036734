"""The bridge process: `python -m bridge_server`. Opens the doors, starts the engine, runs until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import logging
import os
import secrets
import signal
import sys
import time
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler

import zmq.asyncio

from bridge_server.bridge import Bridge
from bridge_server.config import Settings
from bridge_server.connection import Connection, OscAddress, read_connection
from bridge_server.doors.curve import Curve
from bridge_server.doors.mailbox import NAME as MAILBOX
from bridge_server.doors.mailbox import MailboxDoor
from bridge_server.doors.osc import OscDoor
from bridge_server.doors.zeromq import ZmqDoor
from bridge_server.home import Home
from bridge_server.lock import take_lock
from bridge_server.panel.door import PanelDoor
from bridge_server.protocol.errors import AlreadyRunning, BridgeError, DiskFull
from bridge_server.protocol.release import release

log = logging.getLogger(__name__)

ALREADY_RUNNING = 3
NO_ROOM = 4
IDLE_CHECK_SECONDS = 1.0
SWITCH_SECONDS = 0.0005
"""How long a thread of region work may keep the interpreter while a client waits; Python's own 5 ms add up."""


def main() -> int:
    """Run a bridge. Returns 0 after a clean stop, 1 when it cannot start.

    3 when another bridge serves this user; 4 when the disk of its home is full, where its words may not fit either.
    """
    options = _options()
    home = Home.find()
    try:
        home.make()
        lock = take_lock(home.lock)
    except AlreadyRunning:
        _say(_who_runs(home))
        return ALREADY_RUNNING
    except OSError as error:
        _say(f"The folder {home.root} cannot be used: {error.strerror or error}.")
        return NO_ROOM if error.errno == errno.ENOSPC else 1
    _log_to(home)
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = Settings(
        home=home,
        osc_port=options.osc_port,
        share=options.share,
        share_lan=options.share_lan,
        idle_exit_seconds=options.idle_exit,
    )
    with lock, asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        try:
            runner.run(_serve(settings))
        except BridgeError as error:
            log.exception("bridge.unable code=%s", error.code)
            _say(f"{error.message} {error.hint}")
            return NO_ROOM if isinstance(error, DiskFull) else 1
        except OSError as error:
            log.exception("bridge.unable errno=%s", error.errno)
            _say(f"The bridge cannot work: {error}.")
            return NO_ROOM if error.errno == errno.ENOSPC else 1
    return 0


def _say(text: str) -> None:
    """To whoever started us; on a full disk, where our output is a file, the exit status has to do."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bridge_server", description="Dawbridge's bridge: queue, journal, doors.")
    parser.add_argument(
        "--osc-port", type=int, default=39951, help="UDP port for OSC; another is taken if it is not free"
    )
    parser.add_argument(
        "--idle-exit", type=float, default=0.0, metavar="SECONDS", help="stop after so long without work"
    )
    parser.add_argument(
        "--share",
        default="",
        metavar="ADDRESS",
        help="also listen there, e.g. tcp://0.0.0.0:39952, encrypted, for clients that hold a key of this bridge",
    )
    parser.add_argument(
        "--share-lan",
        default="",
        metavar="ADDRESS",
        help="let paired devices reach the panel there, encrypted, e.g. 0.0.0.0:39954",
    )
    return parser.parse_args()


def _log_to(home: Home) -> None:
    handler = RotatingFileHandler(home.logs / "bridge.log", maxBytes=2_000_000, backupCount=2, encoding="utf-8")
    logging.basicConfig(handlers=[handler], level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _who_runs(home: Home) -> str:
    """The lock is held: say by whom. A bridge that is just starting has not written its address yet."""
    for _ in range(20):
        try:
            there = read_connection(home)
        except BridgeError:
            time.sleep(0.05)
            continue
        return f"A bridge is already running: process {there.pid}, version {there.release}, since {there.started}."
    return f"A bridge is already running for {home.root}; it has not opened its doors yet."


async def _serve(settings: Settings) -> None:
    home = settings.home
    context = zmq.asyncio.Context()
    key = secrets.token_hex(32)
    bridge = Bridge(settings, key, context)
    zmq_doors = [ZmqDoor(context, bridge.receive)]
    if settings.share:
        curve = Curve(home.curve)
        curve.make()
        zmq_doors.append(ZmqDoor(context, bridge.receive, settings.share, curve))
    osc_door = OscDoor(home.outbox, bridge.admit, bridge.receive)
    mailbox_door = MailboxDoor(home.mailbox, bridge.receive)
    bridge.reach(MAILBOX, mailbox_door.route, mailbox_door.knows)
    panel_door = PanelDoor(home, bridge)
    bridge.panel_link = panel_door.link
    _stop_on_signals(bridge)
    await osc_door.open(settings.osc_port)
    connection = Connection(
        release=release(),
        pid=os.getpid(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        key=key,
        zmq=zmq_doors[0].address,
        osc=OscAddress(host="127.0.0.1", port=osc_door.port),
        mailbox=str(home.mailbox),
        home=str(home.root),
        shared=zmq_doors[-1].address if settings.share else "",
    )
    try:
        bridge.start()
        for door in zmq_doors:
            door.open()
        mailbox_door.open()
        panel_door.open(settings.panel_port, settings.share_lan)
        connection.write(home.connection)
        log.info("bridge.open zmq=%s osc=%d", connection.zmq, osc_door.port)
        await _until_stopped(bridge, panel_door, settings.idle_exit_seconds)
    finally:
        home.connection.unlink(missing_ok=True)
        mailbox_door.close()
        osc_door.close()
        await panel_door.close()
        for door in zmq_doors:
            await door.close()
        await bridge.stop()
        context.destroy(linger=200)
        log.info("bridge.closed")


def _stop_on_signals(bridge: Bridge) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(bridge.stopping.set))
        else:
            loop.add_signal_handler(number, bridge.stopping.set)


async def _until_stopped(bridge: Bridge, panel_door: PanelDoor, idle_exit_seconds: float) -> None:
    while not bridge.stopping.is_set():
        try:
            async with asyncio.timeout(IDLE_CHECK_SECONDS if idle_exit_seconds else None):
                await bridge.stopping.wait()
        except TimeoutError:
            quiet = time.monotonic() - bridge.last_activity
            if bridge.is_idle and not panel_door.has_tabs and quiet > idle_exit_seconds:
                log.info("bridge.idle seconds=%d", quiet)
                return


if __name__ == "__main__":
    sys.exit(main())
