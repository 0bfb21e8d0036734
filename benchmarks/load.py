"""What many jobs cost, and what none cost."""

from __future__ import annotations

import time

from benchmarks.stage import Stage, small_job, stage
from benchmarks.table import Row
from bridge_server.protocol.events import Accepted

JOBS = 1_000
IDLE_SECONDS = 5.0


def rows() -> list[Row]:
    with stage() as there:
        there.wait_for_engine()
        return [*_idle(there), *_thousand(there)]


def _idle(there: Stage) -> list[Row]:
    time.sleep(1.0)
    there.process.cpu_percent()
    time.sleep(IDLE_SECONDS)
    share = there.process.cpu_percent()
    return [
        Row("bridge idle, resident", f"{there.resident_megabytes:.0f} MB", "< 80 MB"),
        Row("bridge idle, share of a core", f"{share:.1f} %", "< 1 %"),
    ]


def _thousand(there: Stage) -> list[Row]:
    """All jobs are sent before the first answer is read."""
    before = there.resident_megabytes
    jobs = [small_job() for _ in range(JOBS)]
    with there.client("crowd") as client:
        started = time.perf_counter()
        for job in jobs:
            client.send(job)
        waiting = {job.job for job in jobs}
        for event in client.events():
            if isinstance(event, Accepted):
                waiting.discard(event.job)
            if not waiting:
                break
        seconds = time.perf_counter() - started
    return [
        Row(f"{JOBS:,} queued jobs, accepted per second", f"{JOBS / seconds:,.0f} /s", "> 500 /s"),
        Row(
            f"{JOBS:,} queued jobs, growth of resident memory", f"{there.resident_megabytes - before:.1f} MB", "< 50 MB"
        ),
    ]
