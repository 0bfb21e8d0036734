"""How `dawbridge models` shows a plan, a download, a check and the list."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from bridge_server.cli.output import console, plain_table, print_json, say, tell
from bridge_server.models.notices import Checking, Fetched, Fetching, Notice, Waiting
from bridge_server.models.pull import Plan
from bridge_server.models.state import COMPLETE, DAMAGED, ModelState
from bridge_server.models.verify import NOT_TOLD, FileState

if TYPE_CHECKING:
    from rich.progress import Progress

KINDS = {"environment": "your folder", "own": "your folder", "pulled": "", "hub cache": "Hugging Face cache", "": ""}
COLOURS = {COMPLETE: "green", DAMAGED: "bold red"}


def print_struct(told: Struct) -> None:
    """One line of JSON on stdout."""
    print_json(to_builtins(told))


class TransferBar:
    """One bar over all files of a model, with speed and time left; as JSON, one line per notice.

    counts  the notices that move the bar: Fetching for a download, Checking for a check
    """

    def __init__(self, total: int, counts: type[Fetching] | type[Checking], as_json: bool) -> None:
        self._bars = None if as_json else _bars()
        self._bar: Any = self._bars.add_task("", total=total) if self._bars else None
        self._counts, self._done = counts, dict[str, int]()

    def __enter__(self) -> TransferBar:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def show(self, notice: Notice) -> None:
        if self._bars is None:
            print_struct(notice)
            return
        match notice:
            case Waiting(reason=reason, seconds=seconds):
                self._bars.console.print(f"{reason} Another try in {seconds:.0f} s.", markup=False, soft_wrap=True)
            case Fetched(size=size) if self._counts is Fetching:
                self._move(notice.file, size)
            case Fetching(done=done) | Checking(done=done) if isinstance(notice, self._counts):
                self._move(notice.file, done)
            case Checking():
                self._bars.update(self._bar, description=f"checking {_short(notice.file)}")

    def _move(self, file: str, done: int) -> None:
        assert self._bars is not None
        self._done[file] = done
        self._bars.update(self._bar, description=_short(file), completed=sum(self._done.values()))


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description:<34}", markup=False),
        BarColumn(20),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
    )


def _short(name: str) -> str:
    return name if len(name) <= 34 else f"…{name[-33:]}"


def show_plan(plan: Plan, as_json: bool) -> None:
    """What is about to be fetched: how much, under which licence, to where, and whether there is room."""
    model, size, here = plan.model, plan.manifest.size, plan.manifest.size - plan.to_fetch
    if as_json:
        print_json(
            {
                "event": "plan",
                "model": model.name,
                "licence": model.licence,
                "page": model.page,
                "caution": model.caution,
                "from": plan.web.base,
                "folder": str(plan.folder),
                "size": size,
                "to_fetch": plan.to_fetch,
                "free": plan.free,
                "files": [file.path for file in plan.wanted],
            }
        )
        return
    already = f" ({size_text(here)} of {size_text(size)} are here already)" if here else ""
    say(f"{model.name}: {model.about}.")
    say(f"  to fetch  {size_text(plan.to_fetch)} in {len(plan.wanted)} files from {plan.web.base}{already}")
    say(f"  licence   {model.licence}; {model.page}")
    if model.caution:
        say(f"  know      {model.caution}")
    say(f"  folder    {plan.folder} ({size_text(plan.free)} free)")


def show_list(states: Sequence[ModelState]) -> None:
    """A table, and below it the folders, uncut."""
    table = plain_table("model", "state", ">size", "licence", "what it is and can do")
    table.columns[0].no_wrap = True
    for state in states:
        whose = KINDS[state.kind]
        words = f"{state.state}, {whose}" if whose else state.state
        if state.state == "partly" and state.size:
            words += f" ({min(state.here / state.size, 0.99):.0%})"
        can = f"{state.about} ({', '.join(state.tasks)})" if state.tasks else state.about
        licence = f"{state.licence}, unverified" if state.caution else state.licence
        table.add_row(state.name, words, _size(state), licence, can, style=COLOURS.get(state.state, ""))
    console().print(table)
    for state in states:
        if state.folder:
            tell(f"  {state.name}: {state.folder}")


def show_checked(states: Sequence[FileState]) -> None:
    """What is wrong, file by file, and one sentence about the rest."""
    for state in states:
        if state.state != "ok" and state.reason != NOT_TOLD:
            tell(f"  {state.state:<9} {state.file}{f' ({state.reason})' if state.reason else ''}")
    good = sum(state.state == "ok" for state in states)
    unchecked = sum(state.reason == NOT_TOLD for state in states)
    if good or unchecked < len(states):
        tell(f"{good} of {len(states) - unchecked} files have the right checksum.")
    if unchecked:
        tell(f"{unchecked} files are there and end where they should; nobody has told their right checksums.")


def size_text(size: int) -> str:
    """'8.21 GB', '364 kB', '17 bytes'; powers of ten, as disks are sold."""
    for unit, name, digits in ((10**9, "GB", 2), (10**6, "MB", 1), (10**3, "kB", 0)):
        if size >= unit:
            return f"{size / unit:.{digits}f} {name}"
    return f"{size} bytes"


def _size(state: ModelState) -> str:
    if state.size is None:
        return "told at pull"
    return size_text(state.size) if state.is_exact else f"about {size_text(state.size).replace('.00', '')}"
