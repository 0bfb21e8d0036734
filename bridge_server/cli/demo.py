"""demo: hear what it does, and see that it keeps its promises."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, print_path, progress_bars

if TYPE_CHECKING:
    from bridge_server.demo.plan import Errand
    from bridge_server.demo.play import Report, Row
    from bridge_server.demo.stage import Listener

FOLDER = Path("dawbridge-demo")


@command("demo", 2, "dawbridge demo")
def demo(
    keep: Annotated[Path, typer.Option("--keep", help="Where the takes are left.")] = FOLDER,
    as_json: Json = False,
) -> None:
    """Work on a small song like a DAW would, then check on the files that every promise is kept."""
    from bridge_server.demo.play import play

    if as_json:
        report = play(keep, lambda errand: print_json)
        _print_lines(report)
    else:
        console().print(
            "A bridge and an engine of the demo's own are started, and jobs go to them as a DAW sends them.",
            style="dim",
        )
        bars = progress_bars()
        with bars:
            report = play(keep, lambda errand: _bar(bars, errand))
        _tell(report)
    if not report.is_kept:
        raise typer.Exit(1)


def _bar(bars: Any, errand: Errand) -> Listener:
    """A progress bar for one job."""
    bar = bars.add_task(errand.title, total=1.0)

    def listen(event: dict[str, Any]) -> None:
        match event["event"]:
            case "progress":
                bars.update(bar, completed=event.get("fraction", 0.0))
            case "done":
                bars.update(bar, completed=1.0)
            case "cancelled":
                bars.update(bar, description=f"{errand.title}: cancelled")
                bars.stop_task(bar)

    return listen


def _print_lines(report: Report) -> None:
    for row in report.rows:
        print_json({"event": "result", **asdict(row)})
    for promise in report.promises:
        print_json({"event": "promise", **asdict(promise)})
    print_json({"event": "demo", "kept": report.is_kept, "folder": str(report.folder)})


def _tell(report: Report) -> None:
    from rich.text import Text

    out, song = console(), report.song
    out.print(f"\n{song.title}: {song.bpm:g} bpm, {song.meter}, {song.key}, {song.bars} bars", style="bold")
    table = plain_table("what was asked", "file", ">samples", ">outside", ">LUFS was", ">is", ">time")
    shown = ""
    for row in report.rows:
        title = row.title if row.title != shown else ""
        time = f"{row.seconds:.1f} s" if title else ""
        shown = row.title
        table.add_row(title, Path(row.path).stem, f"{row.samples:,}", _outside(row), *_levels(row), time)
    stopped = report.cancelling
    table.add_row(stopped.errand.title, "none", f"at {stopped.fraction:.0%}", "", "", "", f"{stopped.seconds:.1f} s")
    out.print(table)
    out.print("\nWhat was promised, measured on the files:", style="bold")
    promises = plain_table("", "", "", "")
    promises.show_header, promises.columns[2].no_wrap = False, True
    for promise in report.promises:
        style, state = ("green", "ok") if promise.is_kept else ("bold red", "FAILED")
        promises.add_row(Text(state, style), promise.number, promise.words, promise.found)
    out.print(promises)
    broken = sum(not promise.is_kept for promise in report.promises)
    out.print(f"\n{'Every promise is kept.' if not broken else f'{broken} FAILED.'} Listen to the takes:")
    for row in report.rows:
        print_path(row.path)


def _outside(row: Row) -> str:
    """What the null test says, in words."""
    if row.null_test is None:
        return "-"
    return "identical" if row.null_test == 0 else f"differs by {row.null_test:g}"


def _levels(row: Row) -> list[str]:
    return ["-" if level is None else f"{level:.1f}" for level in (row.before, row.after)]
