"""Where a model is on this machine. The first of these that there is:

1. the folder that its environment variable names (DAWBRIDGE_ACE_STEP_V1)
2. a folder of the user's own, registered with `dawbridge models path`
3. what `dawbridge models pull` has fetched, if it is complete
4. a snapshot in the cache of the Hugging Face library, if it is complete
5. what `dawbridge models pull` has fetched so far
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge_server.home import Home
from bridge_server.models.catalogue import HubRepo, Model
from bridge_server.models.contents import missing_files
from bridge_server.models.manifest import NAME, is_there, read_manifest
from bridge_server.models.registry import read_registry


@dataclass(frozen=True)
class Place:
    """A folder, and how it was found."""

    folder: Path
    kind: Literal["environment", "own", "pulled", "hub cache"]

    @property
    def is_the_users(self) -> bool:
        """Named by the user: nothing in it is ever written or deleted."""
        return self.kind in ("environment", "own")


def find_place(model: Model, home: Home) -> Place | None:
    """None where the model is nowhere. Raises DamagedModel."""
    named = named_place(model, home)
    if named is not None:
        return named
    folder = pull_folder(model, home)
    if is_pulled(folder):
        return Place(folder, "pulled")
    cached = hub_snapshot(model)
    if cached is not None:
        return Place(cached, "hub cache")
    return Place(folder, "pulled") if (folder / NAME).is_file() else None


def named_place(model: Model, home: Home) -> Place | None:
    """The folder that the user named, whether it is there or not; the environment wins."""
    variable = os.environ.get(model.variable)
    if variable:
        path = Path(variable).expanduser().absolute()
        return Place(path.parent if path.is_file() else path, "environment")  # The vocabulary is a single file.
    entry = read_registry(home).get(model.name)
    return Place(Path(entry.folder), "own") if entry is not None and entry.kind == "own" else None


def pull_folder(model: Model, home: Home) -> Path:
    """Where `pull` puts the model: where it did before, or the usual place in the home."""
    entry = read_registry(home).get(model.name)
    if entry is not None and entry.kind == "pulled":
        return Path(entry.folder)
    return (home.root / "models" / model.name).absolute()


def is_pulled(folder: Path) -> bool:
    """Whether everything that `pull` meant to fetch is there, by size, and nothing is known to be damaged."""
    manifest = read_manifest(folder)
    return manifest is not None and all(is_there(folder, file) and not file.damaged for file in manifest.files)


def hub_snapshot(model: Model) -> Path | None:
    """The newest complete snapshot of the model in the Hugging Face library's cache.

    Source: the cache's documented layout, `models--OWNER--NAME/snapshots/COMMIT/…`, and `refs/main`, which names the
    commit that was fetched last.
    """
    if not isinstance(model.source, HubRepo):
        return None
    repo = hub_cache() / f"models--{model.source.repo.replace('/', '--')}"
    snapshots = repo / "snapshots"
    if not snapshots.is_dir():
        return None
    main = repo / "refs" / "main"
    newest = main.read_text("utf-8", "replace").strip() if main.is_file() else ""
    found = sorted(
        (path for path in snapshots.iterdir() if path.is_dir()),
        key=lambda path: (path.name == newest, path.stat().st_mtime),
        reverse=True,
    )
    return next((path.absolute() for path in found if not missing_files(model, path)), None)


def hub_cache() -> Path:
    """Where the Hugging Face library keeps what it fetches, by its own environment variables."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(os.path.expandvars(named)).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{cache}/huggingface"
    return Path(os.path.expandvars(home)).expanduser() / "hub"
