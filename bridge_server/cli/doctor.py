"""doctor: is everything there that is needed, and what to do where it is not."""

from __future__ import annotations

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, tell
from bridge_server.doctor.findings import findings
from bridge_server.home import Home

MARKS = {"ok": "✓ ok", "note": "· note", "problem": "✗ problem"}
COLOURS = {"ok": "green", "note": "cyan", "problem": "bold red"}


@command("doctor", 2, "dawbridge doctor")
def doctor(as_json: Json = False) -> None:
    """Check this installation, and say what to do about what is wrong."""
    found = list(findings(Home.find()))
    problems = sum(finding.state == "problem" for finding in found)
    if as_json:
        for finding in found:
            print_json(finding.plain())
        print_json({"event": "doctor", "problems": problems})
    else:
        table = plain_table("", "", "")
        table.show_header = False
        for finding in found:
            words = f"{finding.found}\n→ {finding.advice}" if finding.advice else finding.found
            table.add_row(
                MARKS[finding.state], finding.what, words, style=COLOURS[finding.state] if finding.advice else ""
            )
        console().print(table)
        tell("Everything is in order." if not problems else f"{problems} problem{'s' if problems > 1 else ''}.")
    if problems:
        raise typer.Exit(1)
