"""Switchboard: events find the latest route of a client."""

from bridge_server.protocol.events import AnyEvent, Cancelled, EngineChanged
from bridge_server.switchboard import MOST_ROUTES, Switchboard

EVENT = Cancelled(job="12345678", seq=1)


class Inbox:
    def __init__(self) -> None:
        self.events: list[AnyEvent] = []

    def send(self, event: AnyEvent) -> None:
        self.events.append(event)


def test_an_event_goes_to_its_client_alone() -> None:
    board, mine, other = Switchboard(), Inbox(), Inbox()
    board.connect("mine", mine)
    board.connect("other", other)
    board.post(EVENT, "mine")
    assert (mine.events, other.events) == ([EVENT], [])


def test_the_latest_route_of_a_client_counts() -> None:
    board, old, new = Switchboard(), Inbox(), Inbox()
    board.connect("mine", old)
    board.connect("mine", new)
    board.post(EVENT, "mine")
    assert (old.events, new.events) == ([], [EVENT])


def test_a_client_that_is_not_there_misses_it() -> None:
    board = Switchboard()
    assert not board.knows("mine")
    board.post(EVENT, "mine")


def test_watchers_hear_everything_once() -> None:
    board, panel = Switchboard(), Inbox()
    board.connect("panel", panel)
    board.watch_all("panel", True)
    board.post(EVENT, "somebody")
    board.post(EVENT, "panel")
    assert panel.events == [EVENT, EVENT]
    board.watch_all("panel", False)
    board.post(EVENT, "somebody")
    assert len(panel.events) == 2


def test_a_broadcast_reaches_all() -> None:
    board, inboxes = Switchboard(), [Inbox() for _ in range(3)]
    for number, inbox in enumerate(inboxes):
        board.connect(f"client{number}", inbox)
    news = EngineChanged(state="down")
    board.broadcast(news)
    assert [inbox.events for inbox in inboxes] == [[news]] * 3


def test_the_board_stays_small_and_forgets_the_quietest_client() -> None:
    board, inbox = Switchboard(), Inbox()
    board.connect("first", inbox)
    board.watch_all("second", True)
    board.connect("second", inbox)
    for number in range(MOST_ROUTES - 2):
        board.connect(f"client{number}", inbox)
    board.connect("first", inbox)
    board.connect("one too many", inbox)
    assert board.knows("first")
    assert not board.knows("second")
    board.post(EVENT, "nobody")
    assert not inbox.events
