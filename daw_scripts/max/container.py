"""The file around a Max for Live device: chunks outside, and for a frozen one its files in a second container inside.

Outside, a chunk is a 4-byte tag, a little-endian 32-bit size, and that many bytes:

    ampf  4 bytes: what kind of device
    meta  u32: 1 unfrozen, 7 frozen
    ptch  unfrozen: the patcher's JSON, a line feed, a zero. Frozen: the inner container, all of it big-endian:
          mx@c  u32 16, u64 where dlst begins, counted from mx@c; then the files' bytes, the patcher first
          dlst  u32 size; inside it one `dire` a file: type fnam sz32 of32 vers flag mdat, sizes with their headers

Source: Ableton's and third parties' files, walked byte by byte. [U amxd] Live opens what is written here.
"""

import struct
from dataclasses import dataclass
from datetime import datetime

KINDS = {
    "audio effect": b"aaaa",
    "midi effect": b"mmmm",
    "instrument": b"iiii",
    "midi generator": b"nagg",
    "midi transformation": b"natt",
}
UNFROZEN, FROZEN = 1, 7
ENDING = b"\n\0"
DATA_START = 16
MAC_EPOCH = 2_082_844_800
"""Seconds from 1904-01-01 to 1970-01-01."""
TYPES = {".amxd": b"JSON", ".maxpat": b"JSON", ".json": b"JSON", ".js": b"TEXT", ".txt": b"TEXT", ".svg": b"svg "}
FLAG_DEVICE, FLAG_DEPENDENCY = 0x11, 0


class BrokenDevice(Exception):
    """The bytes are not a device that we can read, or a device that Max would not take; the message says why."""


@dataclass(frozen=True)
class Packed:
    """One file inside a frozen device."""

    name: str
    data: bytes
    type: bytes = b"TEXT"
    flag: int = FLAG_DEPENDENCY
    written: int = 0
    """Seconds since 1904, as on a Mac of that time."""


@dataclass(frozen=True)
class Device:
    """A device as read: `kind` is the four type bytes, `patcher` its JSON without the ending."""

    kind: bytes
    meta: int
    patcher: bytes
    files: tuple[Packed, ...] = ()
    """Of a frozen device: the patcher first, then what it needs."""

    @property
    def frozen(self) -> bool:
        return bool(self.files)


def device_type(kind: bytes) -> int:
    """The type bytes as the number that the patcher repeats in `amxdtype`.

    >>> device_type(b"aaaa")
    1633771873
    """
    return int.from_bytes(kind, "big")


def mac_seconds(moment: datetime) -> int:
    return int(moment.timestamp()) + MAC_EPOCH


def type_of(name: str) -> bytes:
    ending = name[name.rfind(".") :]
    if ending not in TYPES:
        raise BrokenDevice(f"{name}: nobody has said which type of file `{ending}` is")
    return TYPES[ending]


# writing


def chunk(tag: bytes, payload: bytes) -> bytes:
    return tag + struct.pack("<I", len(payload)) + payload


def field(tag: bytes, payload: bytes) -> bytes:
    """A field of the inner container: its size counts its own header."""
    return tag + struct.pack(">I", len(payload) + 8) + payload


def unfrozen(kind: bytes, patcher: bytes) -> bytes:
    """The device to work on in Max: its script lies beside it."""
    return _outer(kind, UNFROZEN, patcher + ENDING)


def frozen(kind: bytes, name: str, patcher: bytes, others: dict[str, bytes], written: datetime) -> bytes:
    """The device to hand out: complete in one file. `name` is its own, `others` are the files that it needs."""
    moment = mac_seconds(written)
    files = [Packed(name, patcher + ENDING, type_of(name), FLAG_DEVICE, moment)]
    files += [Packed(other, data, type_of(other), FLAG_DEPENDENCY, moment) for other, data in others.items()]
    return _outer(kind, FROZEN, _inner(files))


def _outer(kind: bytes, meta: int, payload: bytes) -> bytes:
    return chunk(b"ampf", kind) + chunk(b"meta", struct.pack("<I", meta)) + chunk(b"ptch", payload)


def _inner(files: list[Packed]) -> bytes:
    entries, offset = [], DATA_START
    for file in files:
        entries.append(_entry(file, offset))
        offset += len(file.data)
    head = b"mx@c" + struct.pack(">IQ", 16, offset)
    return head + b"".join(file.data for file in files) + field(b"dlst", b"".join(entries))


def _entry(file: Packed, offset: int) -> bytes:
    name = file.name.encode("ascii") + b"\0"
    name += b"\0" * (-len(name) % 4)
    numbers = (b"sz32", len(file.data)), (b"of32", offset), (b"vers", 0), (b"flag", file.flag), (b"mdat", file.written)
    parts = [field(b"type", file.type), field(b"fnam", name)]
    parts += [field(tag, struct.pack(">I", number)) for tag, number in numbers]
    return field(b"dire", b"".join(parts))


# reading


def read(data: bytes) -> Device:
    """Take a device apart, chunk by chunk. Raises BrokenDevice, for encrypted ones too."""
    chunks = dict(_chunks(data))
    if b"ciph" in chunks:
        raise BrokenDevice("the device is encrypted")
    if missing := [tag.decode() for tag in (b"ampf", b"meta", b"ptch") if tag not in chunks]:
        raise BrokenDevice(f"chunk {missing[0]} is missing")
    kind, payload = chunks[b"ampf"], chunks[b"ptch"]
    if kind not in KINDS.values():
        raise BrokenDevice(f"no device is of kind {kind!r}")
    meta = int.from_bytes(chunks[b"meta"][:4], "little")
    if not payload.startswith(b"mx@c"):
        return Device(kind, meta, _without_ending(payload))
    files = _unpack(payload)
    return Device(kind, meta, _without_ending(files[0].data), files)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(data):
        if at + 8 > len(data):
            raise BrokenDevice(f"{len(data) - at} stray bytes at the end")
        tag, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if at + size > len(data):
            raise BrokenDevice(f"chunk {tag!r} says {size} bytes, {len(data) - at} are left")
        found.append((tag, data[at : at + size]))
        at += size
    return found


def _without_ending(payload: bytes) -> bytes:
    return payload.rstrip(b"\0").removesuffix(b"\n")


def _unpack(inner: bytes) -> tuple[Packed, ...]:
    size, start = struct.unpack_from(">IQ", inner, 4)
    if size != DATA_START or inner[start : start + 4] != b"dlst":
        raise BrokenDevice(f"the list of files is not at {start}")
    if int.from_bytes(inner[start + 4 : start + 8], "big") != len(inner) - start:
        raise BrokenDevice("the list of files does not end with the device")
    entries = [_packed(entry, inner) for tag, entry in _fields(inner[start + 8 :]) if tag == b"dire"]
    if not entries:
        raise BrokenDevice("the list of files is empty")
    if sum(len(entry.data) for entry in entries) != start - DATA_START:
        raise BrokenDevice("the files' sizes do not add up")
    return tuple(entries)


def _fields(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if size < 8 or at + size > len(data):
            raise BrokenDevice(f"field {data[at : at + 4]!r} says {size} bytes")
        found.append((data[at : at + 4], data[at + 8 : at + size]))
        at += size
    return found


def _packed(entry: bytes, inner: bytes) -> Packed:
    fields = dict(_fields(entry))
    number = {tag: int.from_bytes(value, "big") for tag, value in fields.items() if len(value) == 4}
    try:
        offset, size = number[b"of32"], number[b"sz32"]
        name = fields[b"fnam"].rstrip(b"\0").decode("ascii")
        return Packed(name, inner[offset : offset + size], fields[b"type"], number[b"flag"], number[b"mdat"])
    except (KeyError, UnicodeDecodeError) as fault:
        raise BrokenDevice(f"an entry in the list of files is not complete: {fault}") from None
