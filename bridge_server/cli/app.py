"""The app that every command of `dawbridge` joins, and how whatever goes wrong ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import typer

from bridge_server.cli.grouping import ungrouped
from bridge_server.cli.output import report_error, say
from bridge_server.cli.session import FAILED, INTERRUPTED
from bridge_server.cli.trouble import WrongUsage
from bridge_server.protocol.errors import BridgeError, BridgeFault

USAGE = 2

C = TypeVar("C", bound=Callable[..., None])

_UsageError: Any = typer.BadParameter.__mro__[1]
"""Click's, or that of the Click which newer versions of Typer carry within."""

app = typer.Typer(
    name="dawbridge",
    help="Select a region; a music model on this machine repaints, extends or layers it; the take lands at the sample.",
    rich_markup_mode="rich",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

GROUPS = ("Music", "Jobs and takes", "Bridge")


def command(name: str, group: int, example: str) -> Callable[[C], C]:
    """Register a command. Its example is the last thing that `--help` shows; the tests run it."""

    def register(function: C) -> C:
        @wraps(function)
        def interruptible(**words: Any) -> None:
            try:
                function(**words)
            except KeyboardInterrupt:
                say("Stopped.")
                raise typer.Exit(INTERRUPTED) from None

        app.command(name, rich_help_panel=GROUPS[group], epilog=f"Example: {example}")(ungrouped(interruptible))
        return function

    return register


def run(words: Sequence[str]) -> int:
    """Do what the words after `dawbridge` say. Returns the exit code: 0, 1 failed, 2 wrong usage, 130 interrupted."""
    as_json = "--json" in words
    try:
        code = typer.main.get_command(app).main(list(words) or ["--help"], "dawbridge", standalone_mode=False)
    except WrongUsage as error:
        report_error(error, as_json)
        return USAGE
    except BridgeError as error:
        report_error(error, as_json)
        return FAILED
    except _UsageError as error:
        path = error.ctx.command_path if error.ctx else "dawbridge"
        message = error.format_message().strip().rstrip(".")
        report_error(WrongUsage(f"{message}.", f"`{path} --help` shows how it is used."), as_json)
        return USAGE
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except OSError as error:
        report_error(BridgeFault(f"The system said no: {error}."), as_json)
        return FAILED
    return code if isinstance(code, int) else 0
