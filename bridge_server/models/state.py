"""One line about each model, for the list: is it here, is it whole, how large is it, where."""

from __future__ import annotations

from msgspec import Struct

from bridge_server.home import Home
from bridge_server.models.catalogue import Model
from bridge_server.models.contents import cut_files, missing_files, size_of
from bridge_server.models.fetch import part_of
from bridge_server.models.manifest import Manifest, is_there, read_manifest
from bridge_server.models.places import Place, find_place, pull_folder
from bridge_server.models.trouble import DamagedModel

ABSENT, PARTLY, COMPLETE, DAMAGED = "not here", "partly", "complete", "damaged"


class ModelState(Struct, frozen=True, kw_only=True, tag="model", tag_field="event"):
    """here    bytes on this disk
    size    bytes of the whole model, None where nobody has told; a rough figure until it was pulled
    kind    how the folder was found: 'environment', 'own', 'pulled', 'hub cache'; '' for none
    tasks   the requests that it serves; empty for what is no model of its own
    caution what to know before fetching it
    """

    name: str
    about: str
    licence: str
    page: str
    state: str
    here: int
    size: int | None
    is_exact: bool
    folder: str
    kind: str
    tasks: tuple[str, ...] = ()
    caution: str = ""


def state_of(model: Model, home: Home) -> ModelState:
    """By names and sizes; only `verify` reads the bytes. Raises DamagedModel for a list of models without sense."""
    folder = pull_folder(model, home)
    try:
        place = find_place(model, home)
    except DamagedModel:
        return _line(model, Place(folder, "pulled"), DAMAGED, 0, model.about_bytes)
    if place is None:
        return _line(model, None, ABSENT, 0, model.about_bytes)
    manifest = read_manifest(place.folder) if place.kind == "pulled" else None
    if manifest is not None:
        return _pulled(model, place, manifest)
    missing, cut = missing_files(model, place.folder), cut_files(model, place.folder)
    here = size_of(model, place.folder)
    state = ABSENT if not here else PARTLY if missing else DAMAGED if cut else COMPLETE
    return _line(model, place, state, here, here if state == COMPLETE else model.about_bytes, state == COMPLETE)


def _pulled(model: Model, place: Place, manifest: Manifest) -> ModelState:
    paths = [place.folder / file.path for file in manifest.files]
    parts = [part_of(path, file) for path, file in zip(paths, manifest.files, strict=True)]
    here = sum(path.stat().st_size for path in (*paths, *parts) if path.is_file())
    is_damaged = any(
        path.is_file() and (file.damaged or not is_there(place.folder, file))
        for path, file in zip(paths, manifest.files, strict=True)
    )
    is_complete = all(path.is_file() for path in paths)
    state = DAMAGED if is_damaged else COMPLETE if is_complete else PARTLY
    return _line(model, place, state, here, manifest.size, True)


def _line(
    model: Model, place: Place | None, state: str, here: int, size: int | None, is_exact: bool = False
) -> ModelState:
    return ModelState(
        name=model.name,
        about=model.about,
        licence=model.licence,
        page=model.page,
        state=state,
        here=here,
        size=size,
        is_exact=is_exact,
        folder=str(place.folder) if place else "",
        kind=place.kind if place else "",
        tasks=model.tasks,
        caution=model.caution,
    )
