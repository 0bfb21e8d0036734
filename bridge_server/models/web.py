"""One question to a web server: redirects followed, the token kept from strangers, every refusal in a sentence."""

from __future__ import annotations

import os
import ssl
import string
from email.message import Message
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bridge_server.models.refusal import refusal
from bridge_server.models.trouble import BadServer, Interrupted, Unreachable
from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.release import release

REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 8
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check_base(url: str) -> str:
    """The base address of a server, without a slash at its end. Raises BadRequest."""
    if not _is_web_address(url):
        raise BadRequest(f"{url!a} is not the address of a web server.", "Write it like https://huggingface.co.")
    return url.rstrip("/")


class Answer:
    """What came back. `first` are the headers of the server that was asked, `headers` of the one that answered."""

    def __init__(self, raw: HTTPResponse | HTTPError, first: Message, url: str) -> None:
        self._raw, self.first, self.headers, self._url = raw, first, raw.headers, url
        self.status: int = raw.status if isinstance(raw, HTTPResponse) else raw.code

    def __enter__(self) -> Answer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()

    def read(self, most: int) -> bytes:
        """Whatever has come in, at most so many bytes; b'' at the end. Raises Interrupted."""
        try:
            return self._raw.read1(most) if isinstance(self._raw, HTTPResponse) else b""
        except (OSError, HTTPException, ValueError) as error:
            raise Interrupted(f"The connection to {host_of(self._url)} broke off ({_reason(error)}).") from error


class Web:
    """Asks one server and those that it sends us to.

    base             the token goes to this origin and no other, and never unencrypted beyond this machine
    timeout_seconds  how long a server may be silent
    """

    def __init__(self, base: str, token: str = "", timeout_seconds: float = 30.0) -> None:
        self.base = base
        self._token = token if _may_carry_token(base) else ""
        self._timeout_seconds = timeout_seconds
        self._opener = build_opener(_Unfollowed)

    def get(self, url: str, first_byte: int = 0, if_range: str = "") -> Answer:
        """Ask for a file from `first_byte` on, if it still has the ETag `if_range`.

        Raises Interrupted, Unreachable, BadServer, NotFound, AccessDenied.
        """
        headers = {"Range": f"bytes={first_byte}-"} if first_byte else {}
        if first_byte and if_range:
            headers["If-Range"] = if_range
        return self._ask("GET", url, headers)

    def head(self, url: str) -> Answer:
        """Only what the server itself says about a file, not a server to which it would send us. Raises like `get`."""
        return self._ask("HEAD", url, {})

    def _ask(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        first: Message | None = None
        for _ in range(MOST_REDIRECTS):
            raw = self._send(method, url, headers)
            first = first or raw.headers
            if isinstance(raw, HTTPResponse):
                return Answer(raw, first, url)
            try:
                target = _target(url, raw.headers.get("Location", ""))
            except BadServer:
                raw.close()
                raise
            if method == "HEAD" and _origin(target) != _origin(url):
                return Answer(raw, first, url)
            raw.close()
            url = target
        raise BadServer(f"{host_of(url)} sends from address to address without end.")

    def _send(self, method: str, url: str, headers: dict[str, str]) -> HTTPResponse | HTTPError:
        """An answer, or a redirect, which urllib wraps in an HTTPError."""
        request = Request(url, headers=headers | {"User-Agent": f"dawbridge/{release()}"}, method=method)
        has_token = bool(self._token) and _origin(url) == _origin(self.base)
        if has_token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            raw: HTTPResponse = self._opener.open(request, timeout=self._timeout_seconds)
        except HTTPError as error:
            if error.code in REDIRECTS:
                return error
            with error:
                raise refusal(error.code, error.headers, url, has_token) from error
        except (OSError, HTTPException, ValueError) as error:
            raise _no_answer(error, url) from error
        return raw


class _Unfollowed(HTTPRedirectHandler):
    """urllib would carry the token along to wherever a redirect leads; so every redirect ends as an HTTPError."""

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> None:
        return None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def host_of(url: str) -> str:
    """'huggingface.co', to name a server in a sentence."""
    return urlsplit(url).netloc.rpartition("@")[2]


def hub_token() -> str:
    """The user's access token for the hub, from the environment; '' for none."""
    return (os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") or "").strip()


def _target(url: str, location: str) -> str:
    """Where a redirect leads. Raises BadServer for what is no web address, and where encryption would end."""
    try:
        target = urljoin(url, quote(location, safe=string.punctuation))
    except ValueError:
        target = ""
    if not location or not _is_web_address(target):
        raise BadServer(f"{host_of(url)} sends to {location[:80]!a}, which is no web address.")
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        raise BadServer(f"{host_of(url)} sends to {host_of(target)} without encryption.", "Try another network.")
    return target


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _may_carry_token(base: str) -> bool:
    parts = urlsplit(base)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def _no_answer(error: Exception, url: str) -> Unreachable:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Unreachable(
            f"The certificate of {host_of(url)} cannot be trusted ({reason.verify_message}).",
            "Check the date of this machine; a company's network may need its own certificate (SSL_CERT_FILE).",
        )
    return Interrupted(f"{host_of(url)} cannot be reached ({_reason(reason)}).")


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "it is silent"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
