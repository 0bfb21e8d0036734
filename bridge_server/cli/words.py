"""What people type for files, folders, keys and lyrics, in the form that requests need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bridge_server.cli.trouble import WrongUsage
from bridge_server.protocol.errors import NotFound, ReadOnly

if TYPE_CHECKING:
    from bridge_server.region.read import AudioFile

_KEY = re.compile(r"([A-Ga-g])([#b♯♭]?) ?(major|maj|minor|min|m|)", re.ASCII)
_SIGNS = {"♯": "#", "♭": "b"}
_MODES = {"m": "minor", "min": "minor", "maj": "major"}


def absolute(path: Path) -> str:
    """As the bridge needs it, which runs in another folder. Raises WrongUsage for a name that is no text."""
    text = str(path.expanduser().resolve())
    try:
        text.encode()
    except UnicodeEncodeError:
        raise WrongUsage(
            f"The name {path.name!a} is not valid text.", "Rename the file or folder; messages are UTF-8."
        ) from None
    return text


def made_folder(path: Path) -> str:
    """The folder, absolute, made if it is not there. Raises ReadOnly."""
    folder = absolute(path)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReadOnly(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
    return folder


def open_source(path: Path) -> AudioFile:
    """What the header of a sound file says. Raises NotFound, UnreadableAudio."""
    from bridge_server.region.read import open_audio

    return open_audio(Path(absolute(path)))


def read_key(text: str) -> str:
    """'d min' → 'D minor'; nothing stays nothing. Raises WrongUsage."""
    if not text.strip():
        return ""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise WrongUsage(f"{text!r} is not a key.", "Write it like 'D major', 'F# minor' or 'Bb'.")
    sign, mode = _SIGNS.get(found[2], found[2]), _MODES.get(found[3], found[3])
    return f"{found[1].upper()}{sign} {mode}".strip()


def read_lyrics(lyrics: str, file: Path | None) -> str:
    """Raises WrongUsage where both are given or the file is not text, NotFound."""
    if file is None:
        return lyrics
    if lyrics:
        raise WrongUsage("The words are given twice.", "Use either --lyrics or --lyrics-file.")
    try:
        return file.expanduser().read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{file} is not a text file.", "Save it as plain text in UTF-8.") from None
    except OSError as error:
        raise NotFound(f"The words in {file} cannot be read: {error.strerror or error}.") from error
