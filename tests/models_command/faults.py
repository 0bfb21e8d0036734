"""What servers and networks do to downloads. Each is one answer to one request."""

from __future__ import annotations

import socket
import struct
import time

from tests.models_command.hub import Behaviour, Request

OTHER = b"\x5a"


def breaks_off(share: float = 0.5) -> Behaviour:
    """Announces everything, sends a part of it, hangs up."""

    def answer(request: Request) -> None:
        rest = request.data[request.start :]
        body = rest[: int(len(rest) * share)]
        end = len(request.data)
        headers = {"ETag": request.etag}
        if request.start:
            headers["Content-Range"] = f"bytes {request.start}-{end - 1}/{end}"
        request.send(206 if request.start else 200, body, headers, len(rest))

    return answer


def resets(request: Request) -> None:
    """Hangs up without a word, like a router that has lost the connection."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def stalls(request: Request) -> None:
    """Sends a little, then nothing for half a second."""
    request.send(200, request.data[:100], {"ETag": request.etag}, len(request.data))
    time.sleep(0.5)


def drips(request: Request) -> None:
    """Sends a byte from time to time, for at most a second, so that the line never quite goes silent."""
    request.send(200, b"", {"ETag": request.etag}, len(request.data))
    for number in range(20):
        request.write(request.data[number : number + 1])
        time.sleep(0.05)
        if request.close_connection and number > 15:
            return


def ignores_ranges(request: Request) -> None:
    """Answers a wish for the rest with the whole."""
    request.send(200, request.data, {"ETag": request.etag})


def continues_elsewhere(request: Request) -> None:
    """Says that it continues at another byte than it was asked for."""
    start, end = max(request.start - 7, 1), len(request.data)
    request.send(206, request.data[start:], {"Content-Range": f"bytes {start}-{end - 1}/{end}"})


def continues_with_other_bytes(request: Request) -> None:
    """Right headers, wrong bytes."""
    start, end = request.start, len(request.data)
    headers = {"Content-Range": f"bytes {start}-{end - 1}/{end}"} if start else {}
    request.send(206 if start else 200, OTHER * (end - start), headers)


def continues_another_file(request: Request) -> None:
    """The file has changed on the server, which says so by its ETag and continues all the same."""
    start, end = request.start, len(request.data)
    headers = {"Content-Range": f"bytes {start}-{end - 1}/{end}", "ETag": '"another"'}
    request.send(206, OTHER * (end - start), headers)


def part_unasked(request: Request) -> None:
    """Sends a part, whatever was asked for, without saying which."""
    request.send(206, request.data[len(request.data) // 2 :])


def sends_more(request: Request) -> None:
    """Announces nothing and does not stop where the file ends."""
    request.send(200, request.data + OTHER * 5000, length=None)


def announces_less(request: Request) -> None:
    request.send(200, request.data[:-10])


def announces_more(request: Request) -> None:
    request.send(200, request.data + OTHER * 10)


def cut_without_length(request: Request) -> None:
    """Nothing announced, so that the end looks like any other."""
    request.send(200, request.data[: len(request.data) // 2], length=None)


def web_page(request: Request) -> None:
    """A network that wants a login first."""
    request.send(200, b"<html>Welcome to the hotel</html>", {"Content-Type": "text/html; charset=utf-8"})


def page_in_disguise(request: Request) -> None:
    """A web page of just the right length that does not say what it is."""
    request.send(200, (b"<html>" + b" " * len(request.data))[: len(request.data)])


def packed(request: Request) -> None:
    request.send(200, request.data, {"Content-Encoding": "gzip"})


def empty(request: Request) -> None:
    request.send(200, b"")


def noise(request: Request) -> None:
    """Not HTTP at all."""
    request.write(b"\x00\xff SSH-2.0\r\n\r\n" * 3)


def bad_chunks(request: Request) -> None:
    request.send(200, b"zz\r\nnot a chunk", {"Transfer-Encoding": "chunked"}, length=None)


def status(code: int, **headers: str) -> Behaviour:
    return lambda request: request.send(code, b"no", {name.replace("_", "-"): text for name, text in headers.items()})


def sends_to(url: str) -> Behaviour:
    return lambda request: request.send(302, b"", {"Location": url})


def sends_to_itself(request: Request) -> None:
    request.send(302, b"", {"Location": request.path})


PASSING = (
    breaks_off(0.5), breaks_off(0.0), breaks_off(0.99), resets, ignores_ranges, continues_elsewhere,
    continues_with_other_bytes, continues_another_file, part_unasked, sends_more, announces_less, announces_more,
    cut_without_length, web_page, page_in_disguise, packed, empty, noise, bad_chunks, status(500), status(502),
    status(503, Retry_After="1"), status(429, Retry_After="0"), status(408), status(416), sends_to_itself,
    sends_to("file:///etc/hostname"), sends_to("ftp://127.0.0.1/x"), sends_to("http://[::1"), sends_to(""),
)  # fmt: skip
"""After any of these a second try is worth while."""

SLOW = (stalls, drips)
FINAL = (status(404), status(410), status(401), status(403), status(451), status(503, Retry_After="99999"))
