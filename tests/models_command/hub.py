"""A Hugging Face hub on this machine: it lists, redirects, continues files, and misbehaves on demand."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

REVISION = "0123456789abcdef0123456789abcdef01234567"
LARGE = 4096
"""Files of this size and more are LFS files, which the second server holds."""

Behaviour = Callable[["Request"], None]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Hub:
    """files      path in the repository → bytes
    others     address on the first server → bytes, for files that no repository lists
    listing    what the API answers, in place of the truth
    faults     end of an address → behaviours, one for each request, before it behaves well again
    asked      method, address and headers of every request, the second server's as 'cdn'
    """

    repo: str
    files: dict[str, bytes]
    others: dict[str, bytes] = field(default_factory=dict)
    listing: object = None
    revision: str = REVISION
    has_blobs: bool = True
    takes_token: str = ""
    base: str = ""
    cdn: str = ""
    faults: dict[str, list[Behaviour]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def misbehave(self, end: str, *behaviours: Behaviour) -> None:
        self.faults[end] = list(behaviours)

    def siblings(self) -> list[dict[str, object]]:
        """What the API says about the files, with `?blobs=true`."""
        lines: list[dict[str, object]] = []
        for name, data in self.files.items():
            line: dict[str, object] = {"rfilename": name}
            if self.has_blobs:
                line |= {"size": len(data), "blobId": git_id(data)}
                if len(data) >= LARGE:
                    line["lfs"] = {"sha256": sha256(data), "size": len(data), "pointerSize": 135}
            lines.append(line)
        return lines

    def count(self, end: str, method: str = "GET") -> int:
        return sum(asked == method and address.endswith(end) for asked, address, _ in self.asked)


class Request(BaseHTTPRequestHandler):
    """`data` is the whole file that was asked for, `start` the first byte that is wanted of it."""

    protocol_version = "HTTP/1.1"
    timeout = 5
    hub: Hub
    is_cdn = False
    data = b""
    start = 0

    def do_GET(self) -> None:
        self.close_connection = True
        address = unquote(urlsplit(self.path).path)
        self.hub.asked.append((self.command, f"{'cdn' if self.is_cdn else ''}{address}", dict(self.headers.items())))
        self.data = self._data(address)
        self.start = self._start()
        for end, behaviours in self.hub.faults.items():
            if behaviours and address.endswith(end):
                behaviours.pop(0)(self)
                return
        self.answer(address)

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, address: str) -> None:
        """As the hub does."""
        token = self.hub.takes_token
        if token and not self.is_cdn and self.headers.get("Authorization") != f"Bearer {token}":
            self.send(401, b"no")
        elif address.startswith("/api/"):
            listing = self.hub.listing
            if listing is None:
                listing = {"sha": self.hub.revision, "siblings": self.hub.siblings()}
            self.send(200, json.dumps(listing).encode(), {"Content-Type": "application/json"})
        elif not self.data:
            self.send(404, b"Entry not found")
        elif len(self.data) >= LARGE and not self.is_cdn:
            to = {"Location": f"{self.hub.cdn}/blob/{sha256(self.data)}?sig=1"}
            self.send(302, b"", to | {"X-Linked-Etag": f'"{sha256(self.data)}"', "X-Linked-Size": str(len(self.data))})
        else:
            self.send_file()

    def send_file(self) -> None:
        kind = {"Content-Type": "application/octet-stream", "ETag": self.etag, "Accept-Ranges": "bytes"}
        if self.start:
            end = len(self.data)
            self.send(206, self.data[self.start :], kind | {"Content-Range": f"bytes {self.start}-{end - 1}/{end}"})
        else:
            self.send(200, self.data, kind)

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = -1) -> None:
        """`length` is announced instead of the body's; None announces nothing."""
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        if length is not None:
            self.send_header("Content-Length", str(len(body) if length == -1 else length))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.write(body)

    def write(self, body: bytes) -> None:
        """The other side may have gone."""
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    @property
    def etag(self) -> str:
        return f'"{git_id(self.data)}"'

    def _data(self, address: str) -> bytes:
        if self.is_cdn:
            return next((data for data in self.hub.files.values() if address.endswith(sha256(data))), b"")
        _, _, name = address.partition(f"/{self.hub.repo}/resolve/{self.hub.revision}/")
        return self.hub.files.get(name, b"") or self.hub.others.get(address, b"")

    def _start(self) -> int:
        asked = self.headers.get("Range", "")
        if not asked.startswith("bytes=") or self.headers.get("If-Range", self.etag) != self.etag:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """The hub and its second server on two ports of this machine."""
    servers = []
    for is_cdn in (False, True):
        kind = type("BoundRequest", (Request,), {"hub": hub, "is_cdn": is_cdn})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        servers.append((server, thread))
    hub.base, hub.cdn = (f"http://127.0.0.1:{server.server_port}" for server, _ in servers)
    try:
        yield hub
    finally:
        for server, thread in servers:
            server.shutdown()
            thread.join()
            server.server_close()
