"""How quickly the doors answer, while the engine is at work as it would be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import UDPClient

from benchmarks.stage import Stage, small_job, stage
from benchmarks.table import Row, milliseconds, percentile
from bridge_server.protocol import VERSION
from bridge_server.protocol.codec import Letter, to_json
from bridge_server.protocol.events import Progress
from bridge_server.protocol.requests import Generate

ROUNDS = 300
MAILBOX_ROUNDS = 40
CANCEL_ROUNDS = 20


def rows() -> list[Row]:
    first = _first_request()
    with stage() as there:
        there.wait_for_engine()
        _keep_engine_busy(there)
        return [first, _zeromq(there), _osc(there), _mailbox(there), _cancel(there)]


def _first_request() -> Row:
    """From starting the process to the answer to the first job."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        with stage() as there, there.client("first") as client:
            client.submit(small_job())
            times.append(time.perf_counter() - started)
    return Row("bridge started → first request accepted", milliseconds(percentile(times, 50)), "< 1500 ms")


def _keep_engine_busy(there: Stage) -> None:
    with there.client("busy") as client:
        for event in client.run(small_job(600)):
            if isinstance(event, Progress) and event.fraction > 0:
                return


def _timed(rounds: int, once: Callable[[Generate], None]) -> list[float]:
    times = []
    for _ in range(rounds):
        job = small_job()
        started = time.perf_counter()
        once(job)
        times.append(time.perf_counter() - started)
        time.sleep(0.002)
    return times


def _both(times: list[float]) -> str:
    return f"{milliseconds(percentile(times, 50))} / {milliseconds(percentile(times, 99))}"


def _zeromq(there: Stage) -> Row:
    with there.client("zeromq") as client:
        times = _timed(ROUNDS, lambda job: void(client.submit(job)))
    return Row("request → accepted, ZeroMQ, p50 / p99", _both(times), "< 2 / 10 ms")


def _osc(there: Stage) -> Row:
    client = UDPClient("127.0.0.1", there.connection.osc.port)

    def once(job: Generate) -> None:
        _send_osc(client, there, to_json(job).decode())
        while True:
            message = OscMessage(client.receive(5))
            if message.address.endswith("/accepted") and json.loads(message.params[0])["job"] == job.job:
                return

    times = _timed(ROUNDS, once)
    return Row("request → accepted, OSC, p50 / p99", _both(times), "< 2 / 10 ms")


def _send_osc(client: UDPClient, there: Stage, text: str) -> None:
    builder = OscMessageBuilder(f"/dawbridge/{VERSION}/generate")
    for argument in (there.connection.key, "osc-bench", text):
        builder.add_arg(argument, "s")
    client.send(builder.build())


def _mailbox(there: Stage) -> Row:
    letters, answers = Path(there.connection.mailbox) / "in", Path(there.connection.mailbox) / "out" / "box"

    def once(job: Generate) -> None:
        letter = to_json(Letter(key=there.connection.key, client="box", message=job))
        temporary = letters / f"{job.job}.tmp"
        temporary.write_bytes(letter)
        temporary.rename(letters / f"{job.job}.json")
        while True:
            for path in answers.glob("*-accepted.json"):
                if json.loads(path.read_bytes())["job"] == job.job:
                    path.unlink()
                    return
            time.sleep(0.001)

    times = _timed(MAILBOX_ROUNDS, once)
    return Row("request → accepted, mailbox, p50", milliseconds(percentile(times, 50)), "< 100 ms")


def _cancel(there: Stage) -> Row:
    """A job that waits and the one that runs: both are answered by the same thread."""
    times = []
    with there.client("canceller") as client:
        for _ in range(CANCEL_ROUNDS):
            job = small_job()
            client.submit(job)
            started = time.perf_counter()
            client.cancel(job.job)
            times.append(time.perf_counter() - started)
    return Row("cancel → answered, median / worst", f"{_worst(times)}", "< 100 ms")


def _worst(times: list[float]) -> str:
    return f"{milliseconds(percentile(times, 50))} / {milliseconds(max(times))}"


def void(_: object) -> None:
    """Drop a result that nobody needs."""
