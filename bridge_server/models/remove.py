"""Deleting what `pull` has fetched, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge_server.home import Home
from bridge_server.models.catalogue import Model
from bridge_server.models.fetch import parts_of
from bridge_server.models.manifest import NAME, is_there, read_manifest
from bridge_server.models.places import pull_folder
from bridge_server.models.registry import read_registry, write_entry
from bridge_server.region.storage import remove as remove_quietly


@dataclass(frozen=True)
class Removal:
    """What is about to be deleted; nothing has been yet. `left` are files of the model that somebody has changed."""

    model: Model
    folder: Path
    files: tuple[Path, ...]
    left: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(path.stat().st_size for path in self.files)


def plan_removal(model: Model, home: Home) -> Removal | None:
    """None where `pull` has fetched nothing. Raises DamagedModel.

    A folder of the user's own and the Hugging Face cache have no manifest and are out of reach. A file whose size is
    not the fetched one has been put there by somebody else, and so has one below a link that leads out of the folder.
    """
    folder = pull_folder(model, home)
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    files, left = [], []
    for file in manifest.files:
        path = folder / file.path
        if not path.parent.resolve().is_relative_to(folder.resolve()):
            left.append(path)
            continue
        files += parts_of(path)
        if path.is_symlink() or (path.exists() and not (file.fetched and is_there(folder, file))):
            left.append(path)
        elif path.is_file():
            files.append(path)
    return Removal(model, folder, tuple(files), tuple(left))


def carry_out_removal(removal: Removal, home: Home) -> None:
    """Delete the files, then the manifest, then the folders that are empty now. Raises OSError."""
    for path in removal.files:
        path.unlink(missing_ok=True)
    (removal.folder / NAME).unlink(missing_ok=True)
    parents = {parent for path in removal.files for parent in path.parents if parent.is_relative_to(removal.folder)}
    for folder in sorted(parents | {removal.folder}, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            remove_quietly(folder)
    entry = read_registry(home).get(removal.model.name)
    if entry is not None and entry.kind == "pulled":
        write_entry(home, removal.model.name, None)
