"""The .amxd container, against an independent walk that was written from the format's description alone."""

import json
import struct
from datetime import UTC, datetime

import pytest

from daw_scripts.max.container import BrokenDevice, chunk, device_type, field, frozen, mac_seconds, read, unfrozen

PATCHER = json.dumps({"patcher": {"boxes": [], "text": "Größe – 音"}}, ensure_ascii=False).encode()
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
SCRIPT = b"post('hello');\n"


def walk(inner: bytes) -> dict[str, tuple[bytes, dict[str, int]]]:
    """Names → bytes and numbers of a frozen payload, read by fixed offsets where the description gives them."""
    assert inner[:4] == b"mx@c"
    assert struct.unpack(">I", inner[4:8]) == (16,)
    (start,) = struct.unpack(">Q", inner[8:16])
    assert inner[start : start + 4] == b"dlst"
    assert start + struct.unpack(">I", inner[start + 4 : start + 8])[0] == len(inner)
    at, files = start + 8, {}
    while at < len(inner):
        assert inner[at : at + 4] == b"dire"
        (size,) = struct.unpack(">I", inner[at + 4 : at + 8])
        entry, at = inner[at + 8 : at + size], at + size
        assert entry[:4] == b"type"
        assert struct.unpack(">I", entry[4:8]) == (12,)
        assert entry[12:16] == b"fnam"
        (named,) = struct.unpack(">I", entry[16:20])
        assert named % 4 == 0
        assert entry[12 + named - 1] == 0
        name = entry[20 : 12 + named].rstrip(b"\0").decode("ascii")
        rest, numbers = entry[12 + named :], {"type": int.from_bytes(entry[8:12], "big")}
        for tag in ("sz32", "of32", "vers", "flag", "mdat"):
            assert (rest[:4], struct.unpack(">I", rest[4:8])) == (tag.encode(), (12,))
            numbers[tag], rest = struct.unpack(">I", rest[8:12])[0], rest[12:]
        assert rest == b""
        files[name] = inner[numbers["of32"] : numbers["of32"] + numbers["sz32"]], numbers
    return files


def test_unfrozen_byte_for_byte():
    data = unfrozen(b"aaaa", b"{}")
    expected = b"ampf\x04\0\0\0aaaa" + b"meta\x04\0\0\0\x01\0\0\0" + b"ptch\x04\0\0\0{}\n\0"
    assert data == expected


def test_frozen_by_an_independent_walk():
    data = frozen(b"aaaa", "Dawbridge.amxd", PATCHER, {"dawbridge.js": SCRIPT}, WRITTEN)
    assert data[:32] == b"ampf\x04\0\0\0aaaameta\x04\0\0\0\x07\0\0\0ptch" + struct.pack("<I", len(data) - 32)
    files = walk(data[32:])
    assert list(files) == ["Dawbridge.amxd", "dawbridge.js"]
    device, script = files["Dawbridge.amxd"], files["dawbridge.js"]
    assert device[0] == PATCHER + b"\n\0"
    assert (device[1]["of32"], device[1]["flag"]) == (16, 0x11)
    assert script[0] == SCRIPT
    assert (script[1]["flag"], script[1]["vers"]) == (0, 0)
    assert (device[1]["type"], script[1]["type"]) == (int.from_bytes(b"JSON", "big"), int.from_bytes(b"TEXT", "big"))
    assert device[1]["mdat"] == int((WRITTEN - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())


@pytest.mark.parametrize("name", ["a.js", "ab.js", "abc.js", "abcd.js", "Dawbridge (before Live 12.2).js"])
def test_names_of_every_length_are_padded(name: str):
    data = frozen(b"aaaa", "x.amxd", PATCHER, {name: SCRIPT}, WRITTEN)
    assert walk(data[32:])[name][0] == SCRIPT
    assert [file.name for file in read(data).files] == ["x.amxd", name]


def test_what_was_written_is_read():
    device = read(unfrozen(b"mmmm", PATCHER))
    assert (device.kind, device.meta, device.patcher, device.frozen) == (b"mmmm", 1, PATCHER, False)
    others = {"dawbridge.js": SCRIPT, "more.js": b""}
    device = read(frozen(b"aaaa", "x.amxd", PATCHER, others, WRITTEN))
    assert (device.meta, device.patcher, device.frozen) == (7, PATCHER, True)
    assert {file.name: file.data for file in device.files[1:]} == others
    assert {file.written for file in device.files} == {mac_seconds(WRITTEN)}


def test_chunks_are_walked_not_counted():
    """A chunk that we do not know, before the patcher: Max has added such before."""
    data = unfrozen(b"aaaa", PATCHER)
    longer = data[:12] + chunk(b"what", b"12345") + data[12:]
    assert read(longer).patcher == PATCHER


def test_older_files_with_meta_0_and_big_endian_7_are_read():
    data = unfrozen(b"aaaa", PATCHER)
    assert read(data[:20] + b"\0\0\0\0" + data[24:]).patcher == PATCHER
    device = read(frozen(b"aaaa", "x.amxd", PATCHER, {}, WRITTEN).replace(b"\x07\0\0\0", b"\0\0\0\x07"))
    assert device.frozen


def test_the_type_bytes_as_a_number():
    numbers = {b"aaaa": 1633771873, b"iiii": 1768515945, b"mmmm": 1835887981, b"nagg": 1851877223, b"natt": 1851880564}
    assert {kind: device_type(kind) for kind in numbers} == numbers


FROZEN = frozen(b"aaaa", "x.amxd", PATCHER, {"dawbridge.js": SCRIPT}, WRITTEN)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ampf is missing"),
        (unfrozen(b"aaaa", PATCHER)[:-1], "are left"),
        (unfrozen(b"aaaa", PATCHER) + b"xyz", "stray bytes"),
        (chunk(b"ciph", b"secret") + unfrozen(b"aaaa", PATCHER), "encrypted"),
        (unfrozen(b"zzzz", PATCHER), "no device is of kind"),
        (chunk(b"ampf", b"aaaa") + chunk(b"meta", b"\1\0\0\0"), "ptch is missing"),
        (FROZEN.replace(struct.pack(">Q", 16 + len(PATCHER) + 2 + len(SCRIPT)), struct.pack(">Q", 17)), "not at 17"),
        (FROZEN.replace(field(b"sz32", struct.pack(">I", len(SCRIPT))), field(b"sz32", b"\0\0\0\1")), "add up"),
        (FROZEN.replace(b"of32", b"of33"), "not complete"),
    ],
)
def test_what_is_broken_is_refused_with_its_reason(data: bytes, why: str):
    with pytest.raises(BrokenDevice, match=why):
        read(data)


def test_a_file_of_an_unknown_type_is_not_packed():
    with pytest.raises(BrokenDevice, match=r"\.wav"):
        frozen(b"aaaa", "x.amxd", PATCHER, {"loop.wav": b""}, WRITTEN)
