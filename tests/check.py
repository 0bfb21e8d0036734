"""Every check of the project, in order: `python -m tests.check [--fast] [pytest arguments]`.

Format, lint, types, generated files, Lua lint, then pytest, which also runs the tests in Lua and JavaScript.
`--fast` leaves pytest out. Exits 0 only if all of them passed.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LUA_FOLDERS = ("daw_scripts", "tests")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check.

    name      as it is shown
    command   exits 0 if all is well
    optional  a machine may lack its program, unless the check is made for everybody (CI on Linux)
    streams   shows its output while it runs; the others only when they fail
    """

    name: str
    command: tuple[str, ...]
    optional: bool = False
    streams: bool = False


def all_checks(fast: bool, pytest_arguments: Sequence[str]) -> list[Check]:
    """The checks in their order; the quickest to fail come first."""
    python = (sys.executable, "-m")
    checks = [
        Check(name="format", command=(*python, "ruff", "format", "--check", ".")),
        Check(name="lint", command=(*python, "ruff", "check", ".")),
        Check(name="types", command=(*python, "mypy")),
        Check(name="generated files", command=(*python, "bridge_server.protocol.emit", "--check")),
        Check(name="luacheck", command=("luacheck", "--quiet", "--no-color", *LUA_FOLDERS), optional=True),
        Check(name="node", command=("node", "--version"), optional=True),
    ]
    if not fast:
        checks.append(Check(name="pytest", command=(*python, "pytest", *pytest_arguments), streams=True))
    return checks


def run(check: Check, strict: bool) -> bool:
    """Run it and say how it went. Returns False if it failed."""
    program = shutil.which(check.command[0])
    if program is None:
        missing = strict or not check.optional
        report(check, f"failed: {check.command[0]} is not installed" if missing else "skipped: not installed")
        return not missing
    began = time.monotonic()
    command = [program, *check.command[1:]]
    if check.streams:
        status, output = subprocess.call(command, cwd=ROOT), ""
    else:
        done = subprocess.run(
            command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
        )
        status, output = done.returncode, done.stdout
    if status:
        print(output.rstrip())
    report(check, f"{'failed' if status else 'ok':<8}{time.monotonic() - began:6.1f} s")
    return status == 0


def report(check: Check, outcome: str) -> None:
    print(f"{check.name:<16} {outcome}", flush=True)


def main(arguments: Sequence[str]) -> int:
    pytest_arguments = [argument for argument in arguments if argument != "--fast"]
    # One system that has every tool is enough: the files they look at are the same everywhere.
    strict = os.environ.get("CI") == "true" and sys.platform == "linux"
    checks = all_checks("--fast" in arguments, pytest_arguments)
    failed = [check.name for check in checks if not run(check, strict)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
