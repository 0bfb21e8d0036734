"""Write the generated files, or say with `--check` which of them are stale.

Usage: python -m bridge_server.protocol.emit [--check]
"""

import argparse
import sys
from pathlib import Path

from bridge_server.protocol.emit.files import generated

ROOT = Path(__file__).parents[3]


def stale(root: Path) -> list[Path]:
    """Generated files below `root` whose content is not what the structs say now."""
    return [
        path
        for path, text in generated().items()
        if not (root / path).is_file() or (root / path).read_bytes() != text.encode()
    ]


def write(root: Path) -> list[Path]:
    """Write what is stale; returns those paths."""
    files = generated()
    changed = stale(root)
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(files[path].encode())
    return changed


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="python -m bridge_server.protocol.emit", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 and the names if any is stale")
    if parser.parse_args(arguments).check:
        names = stale(root)
        for path in names:
            print(f"stale: {path.as_posix()} (run `python -m bridge_server.protocol.emit`)", file=sys.stderr)
        return 1 if names else 0
    for path in write(root):
        print(path.as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
