"""demo: hear what it does, and see that it keeps its promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json


@command("demo", 2, "dawbridge demo")
def demo(
    keep: Annotated[Path, typer.Option("--keep", help="Where the takes are left.")] = Path("dawbridge-demo"),
    as_json: Json = False,
) -> None:
    """Work on a small song like a DAW would, then check on the results that every promise is kept."""
    from bridge_server.demo.show import play

    if not play(keep, as_json):
        raise typer.Exit(1)
