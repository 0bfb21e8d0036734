"""Pulling a model: first a plan that can be shown and refused, then the files, one after the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE, HubRepo, Model
from bridge_server.models.checksum import has_checksum
from bridge_server.models.contents import missing_files
from bridge_server.models.disk import check_room, free_bytes
from bridge_server.models.fetch import Fetcher, part_of
from bridge_server.models.hub import address_of, list_model
from bridge_server.models.manifest import Manifest, ModelFile, is_there, read_manifest
from bridge_server.models.notices import Watch
from bridge_server.models.patience import USUAL, Patience
from bridge_server.models.places import find_place, is_pulled, named_place, pull_folder
from bridge_server.models.registry import Entry, write_entry
from bridge_server.models.trouble import BadServer, DamagedModel, Offline
from bridge_server.models.web import Web, check_base, hub_token
from bridge_server.protocol.errors import BadRequest, ReadOnly
from bridge_server.region.storage import make_folder

HUB = "https://huggingface.co"


@dataclass(frozen=True)
class Source:
    """Where models may come from.

    base      address of a server in place of the usual ones; '' for those
    offline   forbids every question to a server
    """

    base: str = ""
    offline: bool = False
    patience: Patience = USUAL

    def web(self, model: Model, known: str = "") -> Web:
        """The server for `model`; `known` is the one that it came from before. Raises Offline, BadRequest."""
        if self.offline:
            raise Offline(f"{model.name} is to be fetched, and downloads are switched off.")
        if isinstance(model.source, HubRepo):
            usual, token = os.environ.get("HF_ENDPOINT") or HUB, hub_token()
        else:
            usual, token = model.source.base, ""
        return Web(check_base(self.base or known or usual), token, self.patience.stall_seconds)


@dataclass(frozen=True)
class Plan:
    """What a pull is about to do; nothing has been changed yet. `wanted` are the files that are not there."""

    model: Model
    folder: Path
    manifest: Manifest
    wanted: tuple[ModelFile, ...]
    web: Web

    @property
    def to_fetch(self) -> int:
        """Bytes that will come over the network; what an earlier pull left half done is not fetched again."""
        return sum(file.size - min(_size(part_of(self.folder / file.path, file)), file.size) for file in self.wanted)

    @property
    def free(self) -> int:
        return free_bytes(self.folder)


def is_offline() -> bool:
    """Whether the environment forbids downloads, in the words of the Hugging Face library."""
    return os.environ.get("HF_HUB_OFFLINE", "").strip().upper() in ("1", "ON", "YES", "TRUE")


def with_needs(model: Model) -> list[Model]:
    """The model, after those that it cannot work without."""
    return [*(CATALOGUE[name] for name in model.needs), model]


def plan_pull(model: Model, home: Home, source: Source, folder: Path | None = None) -> Plan | None:
    """What is to be fetched, into `folder` or the usual one; None where the model is complete already.

    Raises DamagedModel for a folder of the user's own that is not whole, ReadOnly where another's file is in the way,
    and what asking a server raises.
    """
    named = named_place(model, home)
    if named is not None:
        _check_named(model, named.folder)
        return None
    there = find_place(model, home)
    if there is not None and there.kind == "hub cache":
        return None
    before = pull_folder(model, home)
    if is_pulled(before):
        return None
    folder = folder or before
    if folder != before and read_manifest(before) is not None:
        raise BadRequest(
            f"A part of {model.name} is already in {before}.",
            f"Go on there without --to, or `dawbridge models remove {model.name}` first.",
        )
    web = source.web(model)
    manifest = list_model(web, model, source.patience)
    return _plan(model, folder, manifest, web)


def plan_repair(model: Model, folder: Path, manifest: Manifest, source: Source) -> Plan:
    """What is to be fetched so that `folder` is again what `manifest` says. Raises Offline, BadRequest."""
    wanted = tuple(file for file in manifest.files if file.damaged or not is_there(folder, file))
    for file in wanted:
        _check_free(folder, file, file.fetched)
    return Plan(model, folder, manifest, wanted, source.web(model, manifest.source))


def carry_out(plan: Plan, home: Home, watch: Watch, patience: Patience = USUAL) -> None:
    """Fetch what the plan wants and register the folder. The manifest tells at any moment what `pull` has written.

    Raises DiskFull before the first byte if the files cannot fit, and what `Fetcher.fetch` raises.
    """
    check_room(plan.folder, plan.to_fetch)
    make_folder(plan.folder)
    manifest = plan.manifest
    manifest.write(plan.folder)
    write_entry(home, plan.model.name, Entry(str(plan.folder), "pulled", complete=False))
    fetcher = Fetcher(plan.web, plan.model.name, watch, patience)
    for file in plan.wanted:
        url = address_of(plan.model, plan.web.base, manifest.revision, file.path)
        # Noted before the file is there, so that `remove` knows it even if this process dies in between.
        manifest = manifest.with_file(replace(file, fetched=True))
        manifest.write(plan.folder)
        fetcher.fetch(url, file, plan.folder)
        manifest = manifest.with_file(replace(file, fetched=True, damaged=False))
        manifest.write(plan.folder)
    missing = missing_files(plan.model, plan.folder)
    if missing:
        raise BadServer(f"All files of {plan.model.name} were fetched, and {missing[0]} is not among them.")
    register(plan.model, home)


def register(model: Model, home: Home) -> None:
    """Tell the engine where the model was found, and whether it is whole. Raises DamagedModel, DiskFull, ReadOnly."""
    place = find_place(model, home)
    if place is None or place.is_the_users:
        return
    if place.kind == "hub cache":
        write_entry(home, model.name, Entry(str(place.folder), "hub cache"))
    else:
        write_entry(home, model.name, Entry(str(place.folder), "pulled", is_pulled(place.folder)))


def _plan(model: Model, folder: Path, manifest: Manifest, web: Web) -> Plan:
    before = {file.path: file for file in _files_before(folder)}
    files, wanted = [], []
    for file in manifest.files:
        old = before.get(file.path)
        fetched = old is not None and old.fetched
        if _is_right(folder, file, old):
            files.append(replace(file, fetched=fetched))
            continue
        _check_free(folder, file, fetched)
        # Bytes of another version may be there under this name, and must not be taken for these.
        wrong = replace(file, fetched=fetched, damaged=(folder / file.path).exists())
        files.append(wrong)
        wanted.append(wrong)
    return Plan(model, folder, replace(manifest, files=tuple(files)), tuple(wanted), web)


def _check_free(folder: Path, file: ModelFile, is_ours: bool) -> None:
    """Raises ReadOnly where somebody else's file has the name of one that is to be fetched."""
    if (folder / file.path).exists() and not is_ours:
        raise ReadOnly(
            f"{folder / file.path} is in the way, and Dawbridge has not written it.",
            "Move it away, or name another folder with --to.",
        )


def _files_before(folder: Path) -> Sequence[ModelFile]:
    manifest = read_manifest(folder)
    return manifest.files if manifest else ()


def _is_right(folder: Path, file: ModelFile, old: ModelFile | None) -> bool:
    """A file that was fetched in this version is believed; any other has to be read."""
    if not is_there(folder, file):
        return False
    if old is not None and old.fetched and old.checksum == file.checksum:
        return not old.damaged
    return has_checksum(folder / file.path, file.checksum)


def _check_named(model: Model, folder: Path) -> None:
    missing = missing_files(model, folder)
    if missing:
        raise DamagedModel(
            f"{model.name} is set to your folder {folder}, which lacks {missing[0]}"
            f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}.",
            f"Complete it yourself, or `dawbridge models path {model.name} --forget` and clear {model.variable}.",
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
