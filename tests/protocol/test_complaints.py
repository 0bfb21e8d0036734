"""What is wrong with a request is said in words for people, and still names the field."""

import re

import msgspec
import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.errors import BadRequest, BadSpan

SPAN = {"start": 0, "end": 9, "rate": 48_000}
CLIP = {"path": "/a.wav", "start": 0, "length": 9}
GENERATE = {"request": "generate", "job": "3f2a9c01", "span": SPAN}

SENTENCES = {
    "unknown request": ({"request": "sing"}, "there is no request called 'sing'"),
    "unknown field": ({"strenght": 1}, "`strenght` is not a field of this request"),
    "unknown field inside": ({"music": {"tempo": 9}}, "`music.tempo` is not a field of this request"),
    "missing": ({"span": {"start": 0, "end": 9}}, "`span.rate` is missing"),
    "too many": ({"variants": 9}, "`variants` may be at most 8"),
    "too few": ({"variants": 0}, "`variants` must be at least 1"),
    "too long": ({"tags": "x" * 2_001}, "`tags` may have at most 2,000 characters"),
    "form": ({"job": "A"}, "`job` is not written as it must be"),
    "choice": ({"sample_format": "mp3"}, "`sample_format` cannot be 'mp3'"),
    "no source": (
        {"reference": {"start": 1}},
        "a source needs one of `path`, `clips` and `live_clips`, and here is none of them (`reference`).",
    ),
    "two sources": (
        {"reference": {"path": "/a.wav", "clips": [CLIP]}},
        "and here is `path` and `clips` (`reference`).",
    ),
    "half a loop": (
        {"reference": {"clips": [{**CLIP, "loop_end": 1.0}]}},
        "a looped clip has both `loop_start` and `loop_end`, another one neither (`reference.clips[0]`).",
    ),
    "kind": ({"seed": "7"}, "`seed` must be a whole number or null, not text"),
}


@pytest.mark.parametrize(("fields", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
@pytest.mark.parametrize("wire", ["json", "msgpack"])
def test_a_sentence_names_the_field(fields: dict[str, object], sentence: str, wire: str) -> None:
    module = msgspec.json if wire == "json" else msgspec.msgpack
    with pytest.raises(BadRequest, match=re.escape(sentence)) as caught:
        codec.read_request(module.encode({**GENERATE, **fields}), wire)
    assert "$" not in caught.value.message, "no word of the decoder's"


@pytest.mark.parametrize("span", [{"end": 0}, {"start": 9}, {"start": -1}, {"rate": 0}, {"end": 2**60}])
def test_a_span_that_is_none_has_its_own_code(span: dict[str, int]) -> None:
    with pytest.raises(BadSpan):
        codec.read_request(msgspec.json.encode({**GENERATE, "span": {**SPAN, **span}}), "json")
