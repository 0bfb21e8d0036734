"""Carry plans out: every file is swapped whole, and all of them or none."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bridge_server.home import Home
from bridge_server.install.plan import Plan, Step
from bridge_server.install.record import encoded, record_path
from bridge_server.install.refusal import refusal
from bridge_server.lock import take_lock
from bridge_server.protocol.errors import AlreadyRunning


def carry_out(plans: Iterable[Plan], home: Home) -> None:
    """Do what the plans say, and record it. Raises ReadOnly, DiskFull, NotFound, BadRequest; then nothing was changed.

    New files are written completely under another name first, so that most of what can go wrong does so before
    anything is swapped. If the program is killed half-way, each file is either the old or the new one, and installing
    again completes it. Raises AlreadyRunning where another installation is at work.
    """
    change = Change()
    with only_one(home):
        try:
            for plan in plans:
                change.prepare(plan, home)
            change.swap()
        except BaseException:
            change.take_back()
            raise
        change.tidy()


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Keeps two installations of one home apart. Raises AlreadyRunning, ReadOnly, NotFound."""
    try:
        lock = take_lock(home.root / "install.lock")
    except AlreadyRunning:
        raise AlreadyRunning("Another installation is at work.", "Wait until it has finished.") from None
    except OSError as error:
        raise refusal(home.root, error) from error
    with lock:
        yield


@dataclass
class Change:
    """The files of several plans. Paths are absolute."""

    _new: dict[Path, Path] = field(default_factory=dict)
    """Where a file is to stand → where its new version lies, complete."""
    _moves: dict[Path, Path] = field(default_factory=dict)
    """The user's version → the name that it gets."""
    _gone: list[Path] = field(default_factory=list)
    _parts: list[Path] = field(default_factory=list)
    _folders: list[Path] = field(default_factory=list)
    """Those that we made, outermost first."""
    _before: list[tuple[Path, bytes | None]] = field(default_factory=list)
    _emptied: set[Path] = field(default_factory=set)
    """Those that we made at an earlier time, and leave now."""

    def prepare(self, plan: Plan, home: Home) -> None:
        """Write every new file beside its place. Raises what `refusal` makes of an OSError."""
        for step in plan.steps:
            self._prepare_step(plan.place.folder, step)
        self._emptied |= {plan.place.folder / made for made in plan.folders}
        path = record_path(home, plan.place)
        if plan.record is None:
            self._gone.append(path)
        else:
            self._stage(path, encoded(plan.record))

    def _prepare_step(self, folder: Path, step: Step) -> None:
        path = folder / step.path
        if step.kind == "remove":
            self._gone.append(path)
        elif step.data is not None and step.kind != "same":
            if step.yours is not None:
                self._moves[path] = folder / step.yours
            self._stage(path, step.data)

    def _stage(self, path: Path, data: bytes) -> None:
        part = path.with_name(f".{path.name}.part")
        try:
            self._make_folder(path.parent)
            self._parts.append(part)
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise refusal(path, error) from error
        self._new[path] = part

    def _make_folder(self, folder: Path) -> None:
        """Raises OSError."""
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._folders.append(parent)

    def swap(self) -> None:
        """Put everything into its place. Raises what `refusal` makes of an OSError."""
        for path, part in self._new.items():
            try:
                self._remember(path)
                if (yours := self._moves.get(path)) is not None:
                    self._remember(yours)
                    path.replace(yours)
                part.replace(path)
            except OSError as error:
                raise refusal(path, error) from error
        for path in self._gone:
            try:
                self._remember(path)
                path.unlink(missing_ok=True)
            except OSError as error:
                raise refusal(path, error) from error

    def _remember(self, path: Path) -> None:
        self._before.append((path, path.read_bytes() if path.exists() else None))

    def take_back(self) -> None:
        """Put everything back as it was. What cannot be put back is left; there is nothing better to do then."""
        for path, data in reversed(self._before):
            with contextlib.suppress(OSError):
                if data is None:
                    path.unlink(missing_ok=True)
                elif not path.exists() or path.read_bytes() != data:
                    _write_whole(path, data)
        for part in self._parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def tidy(self) -> None:
        """Remove what Python compiled from removed files, and the folders of ours that are empty now."""
        for path in self._gone:
            if path.suffix == ".py":
                _remove_compiled(path)
        for folder in sorted(self._emptied, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _remove_compiled(path: Path) -> None:
    cache = path.parent / "__pycache__"
    with contextlib.suppress(OSError):
        for compiled in cache.glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        cache.rmdir()


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
