"""What the page tells strangers about the doors is what the doors do."""

import datetime

import msgspec
import pytest

from bridge_server import bridge
from bridge_server.connection import Connection
from bridge_server.doors import mailbox, osc, zeromq
from bridge_server.protocol import events
from bridge_server.protocol.emit.contract import word
from bridge_server.protocol.emit.doors import CONNECTION, MAILBOX, OSC, ZMQ
from bridge_server.protocol.emit.events_shown import BEYOND, EVENTS
from bridge_server.protocol.emit.requests_shown import JOB
from tests.protocol.conftest import VECTORS

DAY_SECONDS = 24 * 3600


def test_sizes_and_times():
    assert ZMQ["answered_up_to"] == zeromq.HARD_LIMIT
    assert OSC["prefix"] == osc.PREFIX
    assert OSC["largest_event"] == osc.LONGEST_TEXT
    assert list(osc.REPEAT_AFTER_SECONDS) == OSC["resend_seconds"]
    assert osc.OUTBOX_SECONDS == 3600
    assert bridge.KEEP_EVENTS_SECONDS == mailbox.UNCLAIMED_SECONDS == 30 * DAY_SECONDS


@pytest.mark.parametrize("full", [full for _, full in EVENTS], ids=lambda event: word(type(event)))
def test_file_names_of_the_mailbox(full: events.AnyEvent):
    name = mailbox.file_name(full)
    match full:
        case events.Progress():
            assert name == MAILBOX["progress"] % JOB
        case events.Refused():
            assert name == MAILBOX["refused"] % JOB
        case events.EngineChanged():
            assert name == MAILBOX["engine"]
        case events.ModelsChanged():
            assert name == MAILBOX["models"]
        case events.QueueChanged():
            assert name == MAILBOX["queue"]
        case events.JobEvent(seq=seq):
            assert name == MAILBOX["kept"] % (seq, word(type(full)))
        case events.Answer(id=id_):
            assert name == MAILBOX["answer"] % id_


@pytest.mark.parametrize("bad, spelled", [("../x", "_._x"), ("a/b", "a_b"), ("C:\\x", "C__x"), ("ü", "_")])
def test_a_bad_id_cannot_choose_where_its_refusal_lies(page: str, bad: str, spelled: str):
    assert mailbox.file_name(events.Refused(id=bad, error=BEYOND)) == MAILBOX["refused"] % spelled
    assert "characters that no id may hold are replaced by `_`" in page


def test_a_good_id_names_its_answer_as_it_is():
    assert mailbox.file_name(events.Ok(id="A-2.b_c")) == MAILBOX["answer"] % "A-2.b_c"


def test_the_connection_file_on_the_page_is_a_connection():
    shown = msgspec.convert({"version": VECTORS["version"], **CONNECTION}, Connection)
    assert msgspec.to_builtins(shown) == {"version": VECTORS["version"], **CONNECTION}
    assert datetime.datetime.fromisoformat(shown.started).tzinfo is not None
    assert len(shown.key) == 64


def test_the_largest_event_fits_its_datagram():
    longest = max((word(type(full)) for _, full in EVENTS), key=len)
    datagram = osc._message(longest, ("x" * OSC["largest_event"], "s"))
    assert len(datagram) < OSC["largest_datagram"]
