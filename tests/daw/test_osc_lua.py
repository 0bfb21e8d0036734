"""Our OSC in Lua and python-osc understand each other, whatever is in the message."""

import math
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.daw.studio import LUAS, SCRIPTS

RUNTIMES = {}
PLAIN = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
TEXTS = st.text(PLAIN, max_size=40)
ADDRESSES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30).map(lambda text: "/" + text)
FLOATS = st.floats(width=32, allow_nan=False)
VALUES = st.lists(st.one_of(TEXTS, st.integers(-(2**31), 2**31 - 1), FLOATS, st.booleans()), max_size=8)


def osc_of(version: str) -> Any:
    """The module in a Lua whose texts are bytes."""
    if version not in RUNTIMES:
        runtime = LUAS[version](encoding=None, unpack_returned_tuples=True)
        runtime.execute(b"package.path = ...", f"{SCRIPTS}/?.lua".encode())
        RUNTIMES[version] = (runtime, runtime.execute(b'local osc = require("shared.osc") return osc'))
    return RUNTIMES[version]


def to_lua(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize("version", LUAS)
@given(address=ADDRESSES, values=VALUES)
@settings(max_examples=150, deadline=None)
def test_python_osc_reads_what_we_write(version: str, address: str, values: list[Any]):
    runtime, osc = osc_of(version)
    datagram = osc.encode(address.encode(), runtime.table_from([to_lua(value) for value in values]))
    assert len(datagram) % 4 == 0
    message = OscMessage(datagram)
    assert message.address == address
    assert message.params == values


@pytest.mark.parametrize("version", LUAS)
@given(address=ADDRESSES, values=VALUES)
@settings(max_examples=150, deadline=None)
def test_we_read_what_python_osc_writes(version: str, address: str, values: list[Any]):
    _, osc = osc_of(version)
    builder = OscMessageBuilder(address=address)
    for value in values:
        builder.add_arg(value)
    (message,) = osc.decode(builder.build().dgram).values()
    assert message.address == address.encode()
    assert message[b"values"][b"n"] == len(values)
    assert [message[b"values"][index + 1] for index in range(len(values))] == [to_lua(value) for value in values]


def test_other_types_are_read_too():
    _, osc = osc_of("5.4")
    builder = OscMessageBuilder(address="/x")
    for value, kind in ((2**40, "h"), (0.1, "d"), (b"\0\1\2\3\4", "b"), (None, "N"), (True, "T")):
        builder.add_arg(value, kind)
    (message,) = osc.decode(builder.build().dgram).values()
    values = message[b"values"]
    assert (values[1], values[2], values[3], values[4], values[5]) == (2**40, 0.1, b"\0\1\2\3\4", None, True)
    assert values[b"n"] == 5


def test_bundles_are_taken_apart_in_order():
    _, osc = osc_of("5.4")
    inner = OscBundleBuilder(IMMEDIATELY)
    outer = OscBundleBuilder(IMMEDIATELY)
    for address, bundle in (("/one", outer), ("/two", inner)):
        builder = OscMessageBuilder(address=address)
        builder.add_arg(address)
        bundle.add_content(builder.build())
    outer.add_content(inner.build())
    found = [message.address for message in osc.decode(outer.build().dgram).values()]
    assert found == [b"/one", b"/two"]


@pytest.mark.parametrize("version", LUAS)
@given(datagram=st.binary(max_size=80))
@settings(max_examples=400, deadline=None)
def test_no_datagram_breaks_the_reader(version: str, datagram: bytes):
    _, osc = osc_of(version)
    found = osc.decode(datagram)
    assert not isinstance(found, tuple) or isinstance(found[1], bytes)


@pytest.mark.parametrize("version", LUAS)
@given(cut=st.integers(0, 59))
def test_a_datagram_that_is_cut_off_is_refused(version: str, cut: int):
    _, osc = osc_of(version)
    builder = OscMessageBuilder(address="/dawbridge/1/progress")
    for value in ("job-12345", 0.5, "rendering", 7):
        builder.add_arg(value)
    found = osc.decode(builder.build().dgram[:cut])
    assert found[0] is None
    assert found[1]


def test_a_bundle_in_itself_is_not_followed_for_ever():
    _, osc = osc_of("5.4")
    datagram = b"/a\0\0,\0\0\0"
    for _ in range(9):
        datagram = b"#bundle\0" + bytes(8) + struct.pack(">i", len(datagram)) + datagram
    assert b"too deeply" in osc.decode(datagram)[1]


@pytest.mark.parametrize(
    ("address", "values", "words"),
    [
        (b"x", [], b"does not begin with /"),
        (b"/x\0y", [], b"zero byte"),
        (b"/x", [b"a\0b"], b"zero byte"),
        (b"/x", [2**31], b"32 bits"),
        (b"/x", [{}], b"cannot be sent"),
    ],
)
def test_what_osc_cannot_hold_is_said(address: bytes, values: list[Any], words: bytes):
    runtime, osc = osc_of("5.4")
    lua_values = runtime.table_from([runtime.table() if value == {} else value for value in values])
    found, fault = osc.encode(address, lua_values)
    assert found is None
    assert words in fault


def test_infinities_and_nan_pass_as_they_are():
    runtime, osc = osc_of("5.4")
    datagram = osc.encode(b"/x", runtime.table_from([math.inf, math.nan]))
    (message,) = osc.decode(datagram).values()
    assert message[b"values"][1] == math.inf
    assert math.isnan(message[b"values"][2])
