"""Make everything that is installed into a DAW: `python -m daw_scripts.build OUT [--check]`.

Each host's module says which files it has; the first part of a path is the host. The same sources always give the same
bytes. The version in the files is that of Dawbridge.
"""

import argparse
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path, PurePosixPath

from bridge_server.protocol.release import release
from daw_scripts.bundle import SOURCES, BrokenSource

HOSTS = {"reaper": ("reaper",), "ableton": ("max", "remote_script"), "ardour": ("ardour",)}
"""host → folders beside this file. Module `build` in each has `files(version) -> dict[str, bytes]`: paths below the
host's folder, and contents."""


def files_of(host: str, version: str) -> dict[PurePosixPath, bytes]:
    """The installable files of one host, by their paths below its folder. Raises BrokenSource."""
    found: dict[PurePosixPath, bytes] = {}
    for folder in HOSTS[host]:
        if not (SOURCES / folder / "build.py").is_file():
            continue
        for path, data in import_module(f"daw_scripts.{folder}.build").files(version).items():
            if PurePosixPath(path) in found:
                raise BrokenSource(f"daw_scripts.{folder}.build makes a second {path}")
            found[PurePosixPath(path)] = data
    return found


def build(version: str) -> dict[PurePosixPath, bytes]:
    """Every installable file: 'reaper/…', 'ableton/…', 'ardour/…' → its bytes. Raises BrokenSource."""
    return {
        host / path: data for host in map(PurePosixPath, HOSTS) for path, data in files_of(str(host), version).items()
    }


def stale(out: Path, files: dict[PurePosixPath, bytes]) -> list[str]:
    """What differs between the folder `out` and `files`, one line each; strangers in the hosts' folders count too."""
    faults = []
    for path, data in files.items():
        there = out / path
        if not there.is_file():
            faults.append(f"{there}: missing")
        elif there.read_bytes() != data:
            faults.append(f"{there}: differs from its sources")
    for host in HOSTS:
        there_are = {path.relative_to(out) for path in (out / host).rglob("*") if path.is_file()}
        faults += [f"{out / path}: has no source" for path in sorted(there_are - {Path(path) for path in files})]
    return faults


def write(out: Path, files: Mapping[PurePosixPath, bytes] | Mapping[str, bytes]) -> None:
    """Lay the files below the folder `out`, and say where each is."""
    for path, data in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(target)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m daw_scripts.build", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("out", type=Path, help="folder for the installable files")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file there is not up to date")
    options = parser.parse_args(arguments)
    try:
        files = build(release())
    except BrokenSource as fault:
        print(f"daw_scripts: {fault}", file=sys.stderr)
        return 1
    if options.check:
        faults = stale(options.out, files)
        print("\n".join(faults) or f"{options.out}: up to date")
        return 1 if faults else 0
    write(options.out, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
