"""Takes made without an engine: delivered by the bridge's own region work, written down in a journal of the test's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from bridge_server.home import Home
from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.jobs.resolve import resolve
from bridge_server.panel.media.desk import Desk
from bridge_server.panel.media.records import TakeId
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Take
from bridge_server.region.deliver import deliver
from bridge_server.region.prepare import prepare
from tests.region.conftest import capabilities, rendered

Samples = NDArray[np.float32]


class Made:
    """A home with a journal. `add` has a request done, with noise for music."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = Home(root / "home")
        self.home.make()
        with closing(Journal(self.home.journal)):
            pass
        self.desk = Desk.at(self.home)

    def add(
        self, request: JobRequest, roles: tuple[str, ...] = ("mix",), client: str = "reaper", **backend: Any
    ) -> tuple[Take, ...]:
        """As many takes as variants are asked for, each with a seed and a sound of its own."""
        plan, able = resolve(request), capabilities(**backend)
        prepared = prepare(plan.request, able)
        with closing(Journal(self.home.journal)) as journal:
            journal.remember_backends((able,))
        folder = self.root / "takes" / request.job
        folder.mkdir(parents=True)
        takes = tuple(
            deliver(prepared, rendered(prepared, number=number, seed=number + 6, roles=roles), folder)
            for number in range(1, request.variants + 1)
        )
        self.keep(request, takes, client)
        return takes

    def keep(self, request: JobRequest, takes: tuple[Take, ...] = (), client: str = "reaper") -> None:
        with closing(Journal(self.home.journal)) as journal:
            journal.add(Job(request=request, client=client, door="zeromq"), fingerprint(request))
            for take in takes:
                journal.keep_take(take, request.project)

    def sound(self, url: str) -> tuple[Samples, int]:
        """(T, 2) of an address that an audition named, as anybody would read the file; and its rate."""
        id_ = url.removeprefix("/media/").removesuffix(".wav")
        audio, rate = soundfile.read(self.desk.shelf.wave(id_), dtype="float32", always_2d=True)
        return audio, rate


def ids(takes: tuple[Take, ...]) -> list[TakeId]:
    return [TakeId(take.job, take.number) for take in takes]
