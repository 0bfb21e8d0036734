"""Uploads: sound files from a browser, looked at before anything uses them."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from bridge_server.panel.media.names import clean
from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import BadMessage, NotFound, TooLong, UnreadableAudio
from bridge_server.region.read import AudioFile, open_audio, read
from bridge_server.region.storage import make_folder, remove, replacing, write_file

MOST_SECONDS = 6 * 3600
RATES = range(1_000, 768_001)

_CHUNK = 1 << 20
_UNUSED_SECONDS = 30 * 24 * 3600.0
_BROKEN_OFF_SECONDS = 24 * 3600.0
_ID = re.compile(r"[0-9a-f]{32}")
_ENDINGS = {
    "WAV": "wav",
    "WAVEX": "wav",
    "RF64": "wav",
    "W64": "w64",
    "AIFF": "aiff",
    "FLAC": "flac",
    "OGG": "ogg",
    "MPEG": "mp3",
    "MP3": "mp3",
    "CAF": "caf",
}

InThread = Callable[..., Awaitable[Any]]


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A sound file that was uploaded; requests name it `upload:ID`. The name is the one that it had in the browser."""

    id: str
    name: str
    rate: int
    channels: int
    frames: int
    seconds: float


class Uploads:
    """A folder with `ID.EXT` for each file, and `.ID.json` with its name in the browser. None is ever overwritten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def receive(self, name: str, chunks: AsyncIterator[bytes], in_thread: InThread) -> Upload:
        """Write a file down as it comes in, look at it, and keep it if it is sound. The same file twice is one upload.

        in_thread  runs what waits for the disk
        Raises UnreadableAudio for what is no sound, TooLong, DiskFull, ReadOnly; whatever `chunks` raises. Nothing of a
        file that was refused stays.
        """
        await in_thread(make_folder, self._folder)
        arrived = self._folder / f".{secrets.token_hex(8)}.upload"
        digest = hashlib.sha256()

        def take(file: Any, data: bytes) -> None:
            digest.update(data)
            file.write(data)

        with replacing(arrived, is_durable=False) as file:
            waiting = bytearray()
            async for chunk in chunks:
                waiting += chunk
                if len(waiting) >= _CHUNK:
                    await in_thread(take, file, bytes(waiting))
                    waiting.clear()
            await in_thread(take, file, bytes(waiting))
        upload: Upload = await in_thread(self._keep, arrived, digest.hexdigest()[:32], name)
        return upload

    def find(self, upload_id: str) -> Upload:
        """Raises NotFound."""
        try:
            if _ID.fullmatch(upload_id):
                return from_json((self._folder / f".{upload_id}.json").read_bytes(), Upload)
        except (FileNotFoundError, BadMessage) as error:
            raise NotFound("That upload is not there any more.", "Upload the file once more.") from error
        raise NotFound("There is no such upload.", "Upload the file once more.")

    def tidy(self, is_used: Callable[[str], bool]) -> None:
        """Forget what nobody has made anything of in a month, and what is left of uploads that broke off.

        is_used  whether a job was ever made from the upload of that id: as long as it is there, takes can be made again
        """
        paths = list(self._folder.iterdir()) if self._folder.is_dir() else []
        for path in paths:
            if path.suffix in (".upload", ".part") and _age(path) > _BROKEN_OFF_SECONDS:
                remove(path)
            elif _ID.fullmatch(path.name.split(".")[0]):
                # Its name is written anew when it comes again; the file itself is not touched.
                named = self._folder / f".{path.stem}.json"
                if _age(named if named.exists() else path) > _UNUSED_SECONDS and not is_used(path.stem):
                    remove(path)
                    remove(named)

    def _keep(self, arrived: Path, id_: str, name: str) -> Upload:
        """Give a file that has arrived its own name, or throw it away."""
        try:
            file = open_audio(arrived)
            _check(file, name)
            upload = Upload(
                id=id_,
                name=clean(name)[:120] or "upload",
                rate=file.rate,
                channels=file.channels,
                frames=file.frames,
                seconds=round(file.frames / file.rate, 3),
            )
            kept = self._folder / f"{id_}.{_ENDINGS[file.container]}"
            if kept.exists():
                remove(arrived)  # what takes were made from stays the very file that it was
            else:
                arrived.replace(kept)
        except UnreadableAudio as error:
            remove(arrived)
            shown = clean(name)[:120] or "This file"
            raise UnreadableAudio(f"{shown} is not audio that can be read.", error.hint) from error
        except BaseException:
            remove(arrived)
            raise
        write_file(self._folder / f".{id_}.json", to_json(upload))
        return upload


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def _check(file: AudioFile, name: str) -> None:
    """Raises UnreadableAudio for what cannot be decoded or is no format of ours, TooLong."""
    if file.container not in _ENDINGS or file.rate not in RATES:
        raise UnreadableAudio(f"{name} is in a format that is not used here.")
    if file.frames > MOST_SECONDS * file.rate:
        raise TooLong(f"{clean(name)[:120]} is longer than {MOST_SECONDS // 3600} hours.")
    read(file, 0, min(file.frames, file.rate))
