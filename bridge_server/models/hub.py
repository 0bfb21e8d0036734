"""What a server has of a model: the names of its files, their sizes and checksums, before any of them is fetched.

Source: the API of the Hugging Face hub (`/api/models/REPO/revision/main?blobs=true`) and the headers of its files
(X-Linked-Etag, X-Linked-Size), as the library huggingface_hub uses them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from bridge_server.models.catalogue import HubRepo, Model, Part
from bridge_server.models.checksum import Checksum, checksum_or_none
from bridge_server.models.contents import missing_files
from bridge_server.models.manifest import Manifest, ModelFile
from bridge_server.models.names import check_names, is_fetched
from bridge_server.models.patience import Patience
from bridge_server.models.trouble import BadServer, Interrupted
from bridge_server.models.web import Web, host_of

LONGEST_LISTING = 8 << 20
MOST_FILES = 1000
TRIES = 3
LISTING_STALLS = 3
"""A list of files is small: it may take so many times as long as a server may be silent."""
LARGEST_GIT_FILE = 10_000_000
"""Larger ones go through LFS, and what git knows of them is only a pointer."""

T = TypeVar("T")


class _LargeFile(Struct):
    sha256: str
    size: int


class _Sibling(Struct, rename={"name": "rfilename", "blob": "blobId"}):
    name: str
    size: int | None = None
    blob: str | None = None
    lfs: _LargeFile | None = None


class _Repo(Struct):
    sha: str
    siblings: list[_Sibling]


def list_model(web: Web, model: Model, patience: Patience) -> Manifest:
    """All files of `model` that are fetched, at the newest revision.

    Raises Interrupted, Unreachable, BadServer (an answer that is no listing, or names files outside the model's
    folder), NotFound, AccessDenied.
    """
    source = model.source
    if not isinstance(source, HubRepo):
        only = ModelFile(path=source.name, size=source.size, checksum=Checksum(source.sha256))
        return Manifest(model=model.name, source=web.base, revision="", files=(only,))
    repo = _again(partial(_repo, web, source.repo, LISTING_STALLS * patience.stall_seconds), patience)
    wanted = [sibling for sibling in repo.siblings if is_fetched(sibling.name) and _is_part(sibling.name, model.parts)]
    check_names([sibling.name for sibling in wanted])
    lacking = missing_files(model, frozenset(sibling.name for sibling in wanted))
    if lacking or len(wanted) > MOST_FILES:
        what = f"which lacks {lacking[0]}" if lacking else f"which has {len(wanted)} files"
        raise BadServer(f"{host_of(web.base)} lists another model than {model.name}, {what}.", "Try another server.")
    files = []
    for sibling in wanted:
        url = address_of(model, web.base, repo.sha, sibling.name)
        files.append(_known(sibling) or _again(partial(_asked, web, sibling.name, url), patience))
    return Manifest(model=model.name, source=web.base, revision=repo.sha, files=tuple(files))


def address_of(model: Model, base: str, revision: str, path: str) -> str:
    """Where a file is to be had."""
    if isinstance(model.source, HubRepo):
        return f"{base}/{model.source.repo}/resolve/{revision}/{quote(path)}"
    return f"{base}/{model.source.path}"


def _repo(web: Web, repo: str, seconds: float) -> _Repo:
    """Raises what `Web.get` raises, BadServer for what is no listing, Interrupted if it takes longer than `seconds`."""
    data, end = b"", time.monotonic() + seconds
    with web.get(f"{web.base}/api/models/{repo}/revision/main?blobs=true") as answer:
        while chunk := answer.read(LONGEST_LISTING):
            data += chunk
            if len(data) > LONGEST_LISTING:
                raise BadServer(f"{host_of(web.base)} sends a list of files without end.")
            if time.monotonic() > end:
                raise Interrupted(f"{host_of(web.base)} has all but stopped sending the list of files.")
    try:
        found = msgspec.json.decode(data, type=_Repo)
    except msgspec.DecodeError as error:
        raise BadServer(f"{host_of(web.base)} does not answer like the Hugging Face hub.") from error
    if not re.fullmatch(r"[0-9a-f]{40,64}", found.sha):
        raise BadServer(f"{host_of(web.base)} names no revision of {repo}.")
    return found


def _is_part(name: str, parts: tuple[Part, ...]) -> bool:
    """Whether the file lies in one of the model's folders, or at the top, where licence and read-me lie."""
    folder = name.rpartition("/")[0]
    return not folder or any(part.folder and f"{folder}/".startswith(f"{part.folder}/") for part in parts)


def _known(sibling: _Sibling) -> ModelFile | None:
    """What the listing says about a file; None where it does not say enough."""
    if sibling.lfs is not None:
        checksum, size = checksum_or_none(sibling.lfs.sha256), sibling.lfs.size
    else:
        size = -1 if sibling.size is None else sibling.size
        is_git = size <= LARGEST_GIT_FILE and not sibling.name.endswith(".safetensors")
        checksum = checksum_or_none(sibling.blob or "") if is_git else None
    return ModelFile(path=sibling.name, size=size, checksum=checksum) if checksum and size >= 0 else None


def _asked(web: Web, name: str, url: str) -> ModelFile:
    """What the headers of a file say about it. Raises what `Web.head` raises, and BadServer."""
    with web.head(url) as answer:
        headers = answer.first if "X-Linked-Etag" in answer.first else answer.headers
    checksum = checksum_or_none(headers.get("X-Linked-Etag") or headers.get("ETag") or "")
    size = headers.get("X-Linked-Size") or headers.get("Content-Length") or ""
    if checksum is None or not (size.isascii() and size.isdigit()):
        raise BadServer(
            f"{host_of(web.base)} gives no checksum for {name}, so nobody could tell whether it arrived whole.",
            "Name another server with --from.",
        )
    return ModelFile(path=name, size=int(size), checksum=checksum)


def _again(ask: Callable[[], T], patience: Patience) -> T:
    """A few tries, for a network that is just waking up. Raises what the last one raises."""
    for number in range(1, min(TRIES, patience.tries)):
        try:
            return ask()
        except Interrupted as error:
            patience.sleep(patience.pause(number, error.after_seconds))
    return ask()
