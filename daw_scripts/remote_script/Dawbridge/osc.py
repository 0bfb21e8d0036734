"""OSC 1.0, as much of it as two programs on one machine need: Live brings no library for it.

>>> decode(encode("/a", "x", 2, 0.5))
('/a', ['x', 2, 0.5])
"""

from __future__ import annotations

import struct
from typing import Any

PLAIN = {"T": True, "F": False, "N": None}
NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d"}


class NotOsc(ValueError):
    """The bytes are not an OSC message; what is wrong with them."""


def _text(text: str) -> bytes:
    data = text.encode("utf-8") + b"\0"
    return data + b"\0" * (-len(data) % 4)


def encode(address: str, *arguments: Any) -> bytes:
    """One datagram. Strings, ints of 32 bits and floats. Raises TypeError for anything else."""
    tags, body = ",", b""
    for value in arguments:
        if isinstance(value, str):
            tags, body = tags + "s", body + _text(value)
        elif isinstance(value, bool):
            tags += "T" if value else "F"
        elif isinstance(value, int):
            tags, body = tags + "i", body + struct.pack(">i", value)
        elif isinstance(value, float):
            tags, body = tags + "f", body + struct.pack(">f", value)
        else:
            raise TypeError("OSC has no " + type(value).__name__)
    return _text(address) + _text(tags) + body


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\0", at)
    if end < 0:
        raise NotOsc("a text does not end")
    try:
        text = data[at:end].decode("utf-8")
    except UnicodeDecodeError:
        raise NotOsc("a text is not UTF-8") from None
    return text, end + 4 - (end - at) % 4


def decode(data: bytes) -> tuple[str, list[Any]]:
    """`(address, values)` of one datagram. Raises NotOsc, for bundles too."""
    address, at = _read_text(data, 0)
    if not address.startswith("/"):
        raise NotOsc("no address")
    if at >= len(data):
        return address, []
    tags, at = _read_text(data, at)
    values: list[Any] = []
    for tag in tags[1:]:
        if tag in PLAIN:
            values.append(PLAIN[tag])
        elif tag in NUMBERS:
            form = NUMBERS[tag]
            if at + struct.calcsize(form) > len(data):
                raise NotOsc("a number is cut off")
            values.append(struct.unpack_from(form, data, at)[0])
            at += struct.calcsize(form)
        elif tag in "sS":
            text, at = _read_text(data, at)
            values.append(text)
        else:
            raise NotOsc("values of type " + tag + " are not read")
    return address, values
