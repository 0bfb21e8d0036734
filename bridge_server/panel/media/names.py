"""Names: what a file is called when it leaves the panel, so that it says what it is in any folder."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.requests import Composition, JobRequest
from bridge_server.protocol.values import Take

_MOST_CHARACTERS = 96
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


def download_name(take: Take, rendered: JobRequest, asked: JobRequest, role: str = "", side: str = "") -> str:
    """'Lofi, rhodes - repaint 2 (seed 7).wav': a name that every system takes, at most 96 characters before its ending.

    rendered  whose tags name the music · asked  whose word names what was done
    """
    tags = rendered.tags if isinstance(rendered, Composition) else ""
    done = " ".join(filter(None, (task_of(asked), str(take.number), side, role)))
    tail = f"{done} (seed {take.seed})"
    head = clean(tags)[: _MOST_CHARACTERS - len(tail) - 3].rstrip(" ,.-")
    name = f"{head[:1].upper()}{head[1:]} - {tail}" if head else f"Dawbridge {tail}"
    return f"{clean(name)}{PurePath(take.path).suffix}"


def clean(text: str) -> str:
    """Text as a part of a file's name: nothing that a system keeps for itself, no dot or space at the ends.

    >>> clean("  AC/DC: loud?  ")
    'AC DC loud'
    """
    plain = _NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFC", text))
    printable = "".join(character for character in plain if character.isprintable())
    return " ".join(printable.split()).strip(" .")
