"""Golden vectors: the same messages in JSON and msgpack, and letters that must be refused, with their codes."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from bridge_server.protocol import VERSION
from bridge_server.protocol.codec import to_json, to_msgpack
from bridge_server.protocol.emit.examples import examples

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
"""The key that the refused letters have to match."""

SPAN = {"start": 96_000, "end": 192_000, "rate": 48_000}
GENERATE: dict[str, Any] = {"request": "generate", "job": "3f2a9c01", "span": SPAN}
LAYER: dict[str, Any] = {**GENERATE, "request": "layer", "sources": [{"path": "/a.wav"}]}
CLIP: dict[str, Any] = {"path": "/a.wav", "start": 0, "length": 480_000}
LIVE_CLIP: dict[str, Any] = {
    "path": "/a.wav",
    "start_time": 0.0,
    "end_time": 4.0,
    "loop_start": 0.0,
    "loop_end": 4.0,
    "sample_length": 96_000,
    "sample_rate": 48_000.0,
    "tempo": 120.0,
}
CANCEL: dict[str, Any] = {"request": "cancel", "id": "1", "job": "3f2a9c01"}
LETTER: dict[str, Any] = {"version": VERSION, "key": KEY, "client": "vectors", "message": CANCEL}

Rows = dict[str, dict[str, Any]]

BAD_LETTERS: dict[str, Rows] = {
    "bad_message": {
        "no key": {name: value for name, value in LETTER.items() if name != "key"},
        "no version": {name: value for name, value in LETTER.items() if name != "version"},
        "no message": {name: value for name, value in LETTER.items() if name != "message"},
        "version as text": {**LETTER, "version": "1"},
        "client with a slash": {**LETTER, "client": "../etc"},
        "client with a newline": {**LETTER, "client": "reaper\n"},
        "client empty": {**LETTER, "client": ""},
        "unknown field of the letter": {**LETTER, "from": "me"},
    },
    "wrong_key": {
        "key of an earlier start": {**LETTER, "key": "f" * 32},
        "empty key": {**LETTER, "key": ""},
        "wrong key goes before wrong version": {**LETTER, "key": "f" * 32, "version": VERSION + 1},
    },
    "wrong_version": {
        "newer version": {**LETTER, "version": VERSION + 1},
        "version 0": {**LETTER, "version": 0},
    },
}

BAD_REQUESTS: Rows = {
    "no request word": {"id": "1", "job": "3f2a9c01"},
    "unknown request": {**CANCEL, "request": "delete"},
    "unknown field": {**CANCEL, "force": True},
    "unknown field inside": {**GENERATE, "music": {"tempo": 120}},
    "missing field": {"request": "generate", "job": "3f2a9c01"},
    "null for text": {**GENERATE, "tags": None},
    "id with a slash": {**CANCEL, "id": "../1"},
    "id empty": {**CANCEL, "id": ""},
    "id of 65": {**CANCEL, "id": "1" * 65},
    "job too short": {**CANCEL, "job": "3f2a9c0"},
    "job of 65": {**CANCEL, "job": "a" * 65},
    "job with a newline": {**CANCEL, "job": "3f2a9c01\n"},
    "job in capitals": {**CANCEL, "job": "3F2A9C01"},
    "job that climbs": {**CANCEL, "job": "../3f2a9c01"},
    "job with dots": {**CANCEL, "job": "3f2a..9c01"},
    "job with an umlaut": {**CANCEL, "job": "3f2a9c0ü1"},
    "path with NUL": {**GENERATE, "request": "again", "take": "/a\0.wav"},
    "tags of 2001": {**GENERATE, "tags": "a" * 2_001},
    "no variants": {**GENERATE, "variants": 0},
    "nine variants": {**GENERATE, "variants": 9},
    "seed of 2^53": {**GENERATE, "seed": 2**53},
    "negative seed": {**GENERATE, "seed": -1},
    "seed as a float": {**GENERATE, "seed": 7.5},
    "span as floats": {**GENERATE, "span": {**SPAN, "start": 96_000.5}},
    "bpm 0": {**GENERATE, "music": {"bpm": 0}},
    "meter 4/3": {**GENERATE, "music": {"meter": "4/3"}},
    "key H": {**GENERATE, "music": {"key": "H major"}},
    "no sources": {**LAYER, "sources": []},
    "layer in a whole file": {**LAYER, "form": "whole"},
    "extend nowhere": {**GENERATE, "request": "extend", "source": {"path": "/a.wav"}},
    "source of nothing": {**LAYER, "sources": [{"start": 9}]},
    "source of file and clips": {**LAYER, "sources": [{"path": "/a.wav", "clips": [CLIP]}]},
    "source of clips of both kinds": {**LAYER, "sources": [{"clips": [CLIP], "live_clips": [LIVE_CLIP]}]},
    "clips in a whole file": {**GENERATE, "request": "repaint", "source": {"clips": [CLIP]}, "form": "whole"},
    "clip of no length": {**LAYER, "sources": [{"clips": [{**CLIP, "length": 0}]}]},
    "clip with half a loop": {**LAYER, "sources": [{"clips": [{**CLIP, "loop_end": 2.0}]}]},
    "clip with a loop backwards": {**LAYER, "sources": [{"clips": [{**CLIP, "loop_start": 3.0, "loop_end": 2.0}]}]},
    "clip of Live's that ends before it begins": {
        **LAYER,
        "sources": [{"live_clips": [{**LIVE_CLIP, "end_time": 0.0}]}],
    },
    "warp marker of one number": {**LAYER, "sources": [{"live_clips": [{**LIVE_CLIP, "warp_markers": [[0.0]]}]}]},
    "extension before the timeline": {**GENERATE, "request": "extend", "source": {"clips": [CLIP]}, "left": 96_001},
    "changes out of order": {**GENERATE, "music": {"changes": [{"at": 9}, {"at": 8}]}},
    "variance above 1": {"request": "retake", "job": "3f2a9c01", "take": "/a.wav", "variance": 1.5},
}
BAD_SPANS: Rows = {
    "span backwards": {**GENERATE, "span": {**SPAN, "end": 95_999}},
    "span empty": {**GENERATE, "span": {**SPAN, "end": 96_000}},
    "span negative": {**GENERATE, "span": {**SPAN, "start": -1}},
    "span of 2^60": {**GENERATE, "span": {**SPAN, "end": 2**60}},
    "rate 0": {**GENERATE, "span": {**SPAN, "rate": 0}},
}
NOT_NUMBERS: Rows = {
    f"{name} {value}": message
    for value in (float("nan"), float("inf"), float("-inf"))
    for name, message in {
        "bpm": {**GENERATE, "music": {"bpm": value}},
        "warp marker": {**LAYER, "sources": [{"live_clips": [{**LIVE_CLIP, "warp_markers": [[value, 0.0]]}]}]},
        "gain": {**LAYER, "sources": [{"path": "/a.wav", "gain_db": value}]},
        "variance": {"request": "retake", "job": "3f2a9c01", "take": "/a.wav", "variance": value},
    }.items()
}
BROKEN_JSON = {
    "nothing": "",
    "cut off": json.dumps(LETTER)[:-9],
    "two letters": json.dumps(LETTER) * 2,
    "a list": "[1, 2]",
    "deep": '{"version": ' + "[" * 2_000,
    "lone surrogate": json.dumps(LETTER).replace("vectors", "\\ud800"),
}
BROKEN_MSGPACK = {
    "nothing": b"",
    "cut off": msgspec.msgpack.encode(LETTER)[:-4],
    "reserved byte": b"\xc1",
    "list of four thousand million": b"\xdd\xff\xff\xff\xff",
    "not UTF-8": msgspec.msgpack.encode(LETTER).replace(b"vectors", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9"),
}


def vectors() -> dict[str, Any]:
    """The content of vectors.json."""
    return {
        "version": VERSION,
        "key": KEY,
        "messages": [
            {
                "name": example.name,
                "kind": example.kind,
                "json": to_json(example.message).decode(),
                "msgpack": to_msgpack(example.message).hex(),
            }
            for example in examples()
        ],
        "refused": list(_refused()),
    }


def vectors_json(headline: str) -> str:
    """vectors.json, one vector a line so that a change shows as one line."""
    head = {"about": headline, **vectors()}
    parts = []
    for name, value in head.items():
        if isinstance(value, list):
            lines = ",\n".join("    " + json.dumps(item, ensure_ascii=False) for item in value)
            parts.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _refused() -> Iterator[dict[str, str]]:
    """{name, code, wire, and `json` text or `msgpack` hex} of letters that no bridge takes."""
    for code, rows in BAD_LETTERS.items():
        for name, letter in rows.items():
            yield from _both(name, code, letter)
    for code, rows in {"bad_request": BAD_REQUESTS, "bad_span": BAD_SPANS}.items():
        for name, message in rows.items():
            yield from _both(name, code, {**LETTER, "message": message})
    for name, message in NOT_NUMBERS.items():
        letter = {**LETTER, "message": message}
        yield {"name": name, "code": "bad_message", "wire": "json", "json": json.dumps(letter)}
        yield _packed(name, "bad_request", msgspec.msgpack.encode(letter))
    for name, text in BROKEN_JSON.items():
        yield {"name": name, "code": "bad_message", "wire": "json", "json": text}
    for name, data in BROKEN_MSGPACK.items():
        yield _packed(name, "bad_message", data)


def _both(name: str, code: str, letter: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield {"name": name, "code": code, "wire": "json", "json": json.dumps(letter, ensure_ascii=False)}
    yield _packed(name, code, msgspec.msgpack.encode(letter))


def _packed(name: str, code: str, data: bytes) -> dict[str, str]:
    return {"name": name, "code": code, "wire": "msgpack", "msgpack": data.hex()}
