"""One connection's worth of a file: ask for what is missing, doubt the answer, append what comes.

Source of the rules on ranges: RFC 9110, sections 13.1.5 (If-Range), 14.4 (Content-Range) and 15.3.7 (206).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bridge_server.models.disk import writing
from bridge_server.models.manifest import ModelFile
from bridge_server.models.patience import Patience
from bridge_server.models.trouble import BadServer, Interrupted
from bridge_server.models.web import Answer, Web, host_of

CHUNK = 1 << 20


@dataclass
class Transfer:
    """A file on its way, over as many connections as it takes.

    part       where the bytes gather
    etag       of the answer that the part began with; '' where none is known
    resumes    False once the server has shown that it cannot continue a file
    """

    url: str
    file: ModelFile
    part: Path
    etag: str = ""
    resumes: bool = True

    @property
    def here(self) -> int:
        """Bytes that have come in so far."""
        return self.part.stat().st_size if self.part.is_file() else 0


def continue_transfer(web: Web, transfer: Transfer, patience: Patience, arrived: Callable[[int], None]) -> None:
    """Fetch what is missing of `transfer`; returns when the part has its full size. `arrived` hears how much is here.

    Raises Interrupted, Unreachable, BadServer, NotFound, AccessDenied, DiskFull, ReadOnly. What came in stays in the
    part, for the next call.
    """
    size = transfer.file.size
    with writing(transfer.part):
        transfer.part.touch()
        if transfer.here > size:
            transfer.part.write_bytes(b"")
    if transfer.here == size:
        return
    start = transfer.here if transfer.resumes else 0
    with web.get(transfer.url, start, transfer.etag) as answer:
        _check_content(answer, transfer)
        start = _first_byte(answer, transfer, start)
        transfer.etag = _strong_etag(answer)
        with writing(transfer.part), transfer.part.open("r+b") as part:
            part.seek(start)
            part.truncate()
            _append(answer, part, transfer, patience, arrived)


def _check_content(answer: Answer, transfer: Transfer) -> None:
    """Raises BadServer for a web page or a packed answer where the file should be."""
    name, kind = transfer.file.path, answer.headers.get_content_type()
    if "Content-Type" in answer.headers and kind in ("text/html", "application/xhtml+xml"):
        raise BadServer(f"{host_of(transfer.url)} sends a web page in place of {name}.")
    if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise BadServer(f"{host_of(transfer.url)} sends {name} packed, though it was not asked to.")


def _first_byte(answer: Answer, transfer: Transfer, asked: int) -> int:
    """At which byte of the file the answer begins: where it was asked to, or 0. Raises BadServer."""
    host, file = host_of(transfer.url), transfer.file
    length = _length(answer)
    if answer.status == 200:
        if length is not None and length != file.size:
            raise BadServer(f"{host} announces {length:,} bytes for {file.path}, which has {file.size:,}.")
        return 0
    if answer.status != 206:
        raise BadServer(f"{host} answers with status {answer.status} in place of {file.path}.")
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", answer.headers.get("Content-Range", ""), re.ASCII)
    etag = _strong_etag(answer)
    is_right = (
        found is not None
        and asked > 0
        and int(found[1]) == asked
        and int(found[2]) == file.size - 1
        and found[3] in ("*", str(file.size))
        and length in (None, file.size - asked)
        and (not etag or not transfer.etag or etag == transfer.etag)
    )
    if not is_right:
        transfer.resumes = False
        raise BadServer(f"{host} continues {file.path} elsewhere than where it broke off.")
    return asked


def _length(answer: Answer) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _strong_etag(answer: Answer) -> str:
    """Only a strong one may stand in If-Range."""
    etag = str(answer.headers.get("ETag", ""))
    return etag if re.fullmatch(r'"[\x21\x23-\x7e]*"', etag) else ""


def _append(
    answer: Answer, part: BinaryIO, transfer: Transfer, patience: Patience, arrived: Callable[[int], None]
) -> None:
    name, size = transfer.file.path, transfer.file.size
    done, since, came = part.tell(), time.monotonic(), 0
    while chunk := answer.read(CHUNK):
        if done + len(chunk) > size:
            transfer.resumes = False
            raise BadServer(f"{host_of(transfer.url)} sends more of {name} than it announced.")
        part.write(chunk)
        done, came = done + len(chunk), came + len(chunk)
        arrived(done)
        now = time.monotonic()
        if now - since >= patience.stall_seconds:
            if came < patience.least_bytes and done < size:
                raise Interrupted(f"{host_of(transfer.url)} has all but stopped sending {name}.")
            since, came = now, 0
    if done < size:
        raise Interrupted(f"{host_of(transfer.url)} broke off {name} after {done:,} of {size:,} bytes.")
