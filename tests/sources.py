"""The project's own files, as git sees them, and what stands in them. Used by the tests of layers and house rules."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bridge_server", "engine", "daw_scripts", "installer", "benchmarks", "tests")


@cache
def project_files() -> tuple[Path, ...]:
    """Tracked files and new ones that git does not ignore; in a copy without git, what lies in the source folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    found = {ROOT / name for name in names if name} or set(walk())
    return tuple(sorted(path for path in found if path.is_file()))


def walk() -> Iterator[Path]:
    for folder in (*PACKAGES, "docs", ".ci", ".github"):
        yield from (path for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts)
    yield from ROOT.glob("*.*")


def python_files(*folders: str) -> list[Path]:
    return [path for path in project_files() if path.suffix == ".py" and (not folders or relative(path)[0] in folders)]


def relative(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parts


def module_name(path: Path) -> str:
    """Dotted name: 'bridge_server.doors.osc'; a package goes by the name of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@dataclass(frozen=True)
class Import:
    """One imported module, by its full name, and the line that names it."""

    module: str
    line: int


def imports(module: ast.Module, known: frozenset[str]) -> list[Import]:
    """Every import, those inside functions and for type checkers too.

    `from a.b import c` counts as 'a.b.c' where that is one of the `known` modules, else as 'a.b'. A relative import
    counts as its dots and name, so that no rule allows it.
    """
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found += [Import(name.name, node.lineno) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            full = [f"{start}.{name.name}" for name in node.names]
            found += [Import(path if path in known else start, node.lineno) for path in full]
    return list(dict.fromkeys(found))
