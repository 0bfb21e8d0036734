"""The command line. Nothing here but the way in: `dawbridge --help` has to be quick."""

from __future__ import annotations

import sys


def main() -> int:
    """`dawbridge`, as installed. Returns the exit code."""
    from bridge_server.cli import commands
    from bridge_server.cli.app import run

    commands.load()
    return run(sys.argv[1:])
