"""One file of a model, whole and right under its name, or not there at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bridge_server.models.checksum import has_checksum
from bridge_server.models.disk import writing
from bridge_server.models.manifest import ModelFile
from bridge_server.models.notices import Checking, Fetched, Fetching, Seldom, Waiting, Watch
from bridge_server.models.patience import USUAL, Patience
from bridge_server.models.transfer import Transfer, continue_transfer
from bridge_server.models.trouble import BadServer, Interrupted
from bridge_server.models.web import Web, host_of

ENOUGH_BYTES = 1 << 20
"""A connection that brought this much was worth while: the count of tries begins anew."""


class Fetcher:
    """Fetches files of one model from one server."""

    def __init__(self, web: Web, model: str, watch: Watch, patience: Patience = USUAL) -> None:
        self._web, self._model, self._watch, self._patience = web, model, Seldom(watch), patience

    def fetch(self, url: str, file: ModelFile, folder: Path) -> None:
        """Fetch `file` into `folder`, going on where an earlier call stopped; replaces what has its name.

        Raises Interrupted, Unreachable, BadServer, NotFound, AccessDenied, DiskFull, ReadOnly: then nothing has
        changed but for a `.part` beside the file's place.
        """
        target = folder / file.path
        transfer = Transfer(url, file, part_of(target, file))
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            for old in parts_of(target):
                if old != transfer.part:
                    old.unlink()
        self._gather(transfer)
        with writing(target):
            transfer.part.replace(target)
        self._watch(Fetched(model=self._model, file=file.path, size=file.size))

    def _gather(self, transfer: Transfer) -> None:
        """Try until the part is complete and right, or patience ends."""
        failures = lies = 0
        while True:
            before = transfer.here
            try:
                continue_transfer(self._web, transfer, self._patience, lambda done: self._tell(transfer, done))
                self._check(transfer)
            except Interrupted as error:
                failures = 1 if transfer.here - before >= ENOUGH_BYTES else failures + 1
                if failures >= self._patience.tries:
                    raise
                self._pause(transfer, error, failures)
            except BadServer as error:
                lies += 1
                transfer.resumes = False
                if lies >= self._patience.lies:
                    raise
                self._pause(transfer, error, lies)
            else:
                return

    def _check(self, transfer: Transfer) -> None:
        """Raises BadServer, and throws the part away, if its bytes are not the right ones."""
        file = transfer.file

        def hashed(done: int) -> None:
            self._watch(Checking(model=self._model, file=file.path, done=done, size=file.size))

        with writing(transfer.part):
            with transfer.part.open("r+b") as part:
                os.fsync(part.fileno())
            if has_checksum(transfer.part, file.checksum, hashed):
                return
            transfer.part.unlink()
        raise BadServer(
            f"What {host_of(transfer.url)} sends as {file.path} does not have the checksum that it should have.",
            "Run the same command again; if that does not help, name another server with --from.",
        )

    def _pause(self, transfer: Transfer, error: Interrupted | BadServer, count: int) -> None:
        seconds = self._patience.pause(count, error.after_seconds if isinstance(error, Interrupted) else 0.0)
        self._watch(Waiting(model=self._model, file=transfer.file.path, seconds=seconds, reason=error.message))
        self._patience.sleep(seconds)

    def _tell(self, transfer: Transfer, done: int) -> None:
        file = transfer.file
        self._watch(Fetching(model=self._model, file=file.path, done=done, size=file.size))


def part_of(target: Path, file: ModelFile) -> Path:
    """Where the bytes of one version of a file gather: another version has another checksum, so another part."""
    return target.with_name(f"{target.name}.{file.checksum.digits[:12]}.part")


def parts_of(target: Path) -> list[Path]:
    """The parts of all versions of a file that are there."""
    if not target.parent.is_dir():
        return []
    pattern = re.compile(re.escape(target.name) + r"\.[0-9a-f]{12}\.part")
    return sorted(path for path in target.parent.iterdir() if pattern.fullmatch(path.name))
