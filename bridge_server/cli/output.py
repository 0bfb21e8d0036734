"""What the command line says: JSON lines for programs on stdout, or sentences, bars and tables for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from bridge_server.protocol.errors import BridgeError, Problem
from bridge_server.protocol.events import (
    Accepted,
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    Preview,
    Progress,
    Refused,
    Started,
    TakeReady,
)
from bridge_server.protocol.values import Take

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.table import Table


class JobView(Protocol):
    """Shows the events of one job."""

    def __enter__(self) -> JobView: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, event: AnyEvent, **facts: object) -> None:
        """`facts` is what the command line itself found out about the event."""


def view_of(what: str, as_json: bool) -> JobView:
    """`what` is the word of the job: 'repaint'."""
    return JsonView() if as_json else PeopleView(what)


def print_json(event: AnyEvent | Mapping[str, object], **facts: object) -> None:
    """One line on stdout, and at once: somebody may be waiting for it."""
    plain: Any = msgspec.to_builtins(event)
    tell(msgspec.json.encode({**plain, **facts}).decode())


def tell(text: str) -> None:
    """A result for people, on stdout, and at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A remark beside the result: it goes to stderr, so that programs can read stdout."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def report_error(error: BridgeError, as_json: bool) -> None:
    """An error that no event of the bridge has told already."""
    if as_json:
        print_json(Refused(error=error.problem))
    else:
        say_problem(error.problem)


def say_problem(problem: Problem) -> None:
    say(problem.message)
    if problem.hint:
        say(f"  → {problem.hint}")


class JsonView:
    """The events as they came over the wire."""

    def __enter__(self) -> JsonView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def show(self, event: AnyEvent, **facts: object) -> None:
        print_json(event, **facts)


class PeopleView:
    """A progress bar, then the takes."""

    def __init__(self, what: str) -> None:
        self._bars = progress_bars()
        self._bar = self._bars.add_task(f"{what}: waiting", total=1.0)
        self._what = what

    def __enter__(self) -> PeopleView:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, BridgeError):
            self._bars.update(self._bar, visible=False)
        self._bars.stop()

    def show(self, event: AnyEvent, **facts: object) -> None:
        match event:
            case Accepted(position=ahead) if ahead:
                self._update(f"waiting behind {ahead} other{'s' if ahead > 1 else ''}")
            case Started(attempt=attempt) if attempt > 1:
                self._update(f"attempt {attempt}", completed=0.0)
            case Progress(fraction=fraction, stage=stage):
                self._update(stage, completed=fraction)
            case Preview(number=number, path=path):
                self._update(f"a preview of take {number} is there")
                say(path)
            case TakeReady(take=take):
                self._update(f"take {take.number} is there")
            case Done():
                self._update("done", completed=1.0)
                self._bars.stop()
                show_takes(event.takes)
                if "identical" in facts:
                    say_identical(bool(facts["identical"]))
            case Failed(error=problem):
                self._bars.stop()
                say_problem(problem)
            case Cancelled():
                self._bars.stop()
                say("The job was cancelled; the engine is free.")

    def _update(self, stage: str, **fields: Any) -> None:
        self._bars.update(self._bar, description=f"{self._what}: {stage}" if stage else self._what, **fields)


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def progress_bars() -> Bars:
    """Bars that look the same everywhere, on stderr; without a terminal they show only how it ended."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description:<28}", markup=False),
        BarColumn(28),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def say_identical(is_identical: bool) -> None:
    say(
        "Every sample is identical to the take it was made from."
        if is_identical
        else "The audio differs from the take it was made from: another version, device or backend made it."
    )


def show_takes(takes: tuple[Take, ...]) -> None:
    """A table of takes, and below it where they lie, one path a line, uncut."""
    table = plain_table("take", ">seed", ">seconds", ">samples", ">LUFS", ">around", "stems")
    for take in takes:
        for part in take.parts:
            table.add_row(
                f"{take.number} {part.side}".strip(),
                str(take.seed),
                f"{part.samples / take.sample_rate:.3f}",
                f"{part.samples:,}",
                level(part.loudness.after),
                level(part.loudness.surroundings),
                " ".join(stem.role for stem in part.stems) or "mix",
            )
    console().print(table)
    for note in dict.fromkeys(note for take in takes for note in take.notes):
        console().print(f"  {note}", style="dim", soft_wrap=True)
    for path in [part.path for take in takes for part in take.parts]:
        print_path(path)


def show_listed(takes: Sequence[Take]) -> None:
    """A table of takes of several jobs, then their paths in the same order."""
    table = plain_table("", "job", ">take", ">seed", ">seconds", "made by")
    for take in takes:
        seconds = f"{take.samples / take.sample_rate:.3f}"
        table.add_row("*" if take.chosen else "", take.job, str(take.number), str(take.seed), seconds, take.backend)
    console().print(table)
    for take in takes:
        print_path(take.path)


def level(lufs: float | None) -> str:
    return "-" if lufs is None else f"{lufs:.1f}"


def plain_table(*columns: str) -> Table:
    """A table without frames; a column whose name begins with '>' is set to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=True, header_style="bold")
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
    return table


def print_path(path: str | Path) -> None:
    """On a line of its own and never wrapped, so that it can be copied or clicked."""
    tell(f"  {path}")
