"""How a musician tells a script without a panel what to do: by the name of a clip, or by an OSC message.

A clip named `db:repaint lofi, rhodes; strength=0,6; variants=3` says: repaint, this style, these wishes. The same as
OSC to our own port: `/dawbridge/live/repaint "lofi, rhodes" "strength=0.6"`. A button of a control surface that sends
1 and then 0 counts once; `/dawbridge/live/strength 0.6` keeps a wish for what comes after.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from typing import Any

from . import osc
from .texts import say
from .wishes import DEFAULTS, Refusal

VERBS = (
    "repaint", "extend_left", "extend_right", "generate", "retake", "layer", "edit", "again",
    "choose", "keep", "discard", "cancel", "status", "open_panel", "start",
)  # fmt: skip
"""The same ids as in the other hosts, in their order; `start` starts the bridge."""
WORKING = VERBS[:8]
NAMED = re.compile(r"\s*db\s*:\s*(.*)$", re.IGNORECASE | re.DOTALL)
WISH = re.compile(r"\s*([a-z_]+)\s*=\s*(.*)$", re.DOTALL)

PREFIX = "/dawbridge/live/"
PORTS = range(39_960, 39_970)
MOST_A_TICK = 20
LARGEST = 65_507


@dataclass
class Command:
    """One thing to do. `answers` are wishes as they were typed, `number` is for `choose`, `clip` one that was named."""

    verb: str
    answers: dict[str, str] = field(default_factory=dict)
    number: int = 0
    clip: Any = None


def from_name(name: str) -> Command | None:
    """The command in a clip's name; None if it holds none. Raises Refusal for a word that is no verb."""
    match = NAMED.match(name)
    return command(match.group(1)) if match else None


def command(line: str) -> Command:
    """A verb and what follows it. Raises Refusal.

    >>> command("extend right warm pad; length=8 bars")
    Command(verb='extend_right', answers={'tags': 'warm pad', 'length': '8 bars'}, number=0, clip=None)
    """
    words = re.sub(r"[\s_-]+", " ", line.strip()).lower()
    verb = next((verb for verb in VERBS if re.match(verb.replace("_", " ") + r"\b", words)), None)
    if verb is None:
        raise Refusal(say("unknown_verb", given=line.strip().split(" ")[0], verbs=", ".join(VERBS)))
    rest = line.strip()[len(verb) :]
    return with_parts(verb, rest.split(";"))


def with_parts(verb: str, parts: list[str]) -> Command:
    """Parts are `name=value`, or the style; for `edit` the new words, for `choose` a number."""
    found = Command(verb)
    for part in parts:
        match = WISH.match(part)
        if match:
            found.answers[match.group(1)] = match.group(2).strip()
        elif verb == "choose" and part.strip().isdigit():
            found.number = int(part)
        elif part.strip():
            found.answers["lyrics" if verb == "edit" else "tags"] = part.strip()
    return found


class ControlPort:
    """A UDP port on loopback for OSC from this machine: foot switches, TouchOSC's bridge, `oscsend`, scripts.

    It takes verbs and wishes, never paths; so it needs no key.
    """

    def __init__(self) -> None:
        """The first port that is free; `port` is 0 if none is."""
        self.port = 0
        self._answer_to: tuple[str, int] | None = None
        self._wishes: dict[str, str] = {}
        self._socket: socket.socket | None = None
        for port in PORTS:
            found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                found.setblocking(False)
                found.bind(("127.0.0.1", port))
            except OSError:
                found.close()
            else:
                self._socket, self.port = found, found.getsockname()[1]
                return

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def receive(self) -> tuple[list[Command], list[str]]:
        """Commands that have come since, and what was not understood, as sentences."""
        commands: list[Command] = []
        complaints: list[str] = []
        for _ in range(MOST_A_TICK):
            data = self._next()
            if data is None:
                break
            try:
                found = self._understand(*osc.decode(data))
            except osc.NotOsc as fault:
                complaints.append(str(fault))
            except Refusal as refusal:
                complaints.append(str(refusal))
            else:
                commands += [found] if found else []
        return commands, complaints

    def _next(self) -> bytes | None:
        if self._socket is None:
            return None
        try:
            data, self._answer_to = self._socket.recvfrom(LARGEST)
        except OSError:  # nothing there; on Windows also: the last one we answered has gone
            return None
        return data

    def _understand(self, address: str, values: list[Any]) -> Command | None:
        if not address.startswith(PREFIX):
            return None
        word = address[len(PREFIX) :].strip("/")
        if values[:1] in ([0], [0.0], [False]) and word in VERBS:
            return None  # a button was let go
        if word in DEFAULTS:
            self._wishes[word] = _plain(values[0]) if values else DEFAULTS[word]
            return None
        if word not in VERBS:
            raise Refusal(say("unknown_verb", given=word, verbs=", ".join(VERBS)))
        texts = [_plain(value) for value in values if isinstance(value, str)]
        found = with_parts(word, texts)
        numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
        if word == "choose" and numbers:
            found.number = int(numbers[0])
        found.answers = {**self._wishes, **found.answers}
        return found

    def say(self, sentence: str) -> None:
        """Tell the last one that asked, too. What cannot be delivered is in the status bar anyway."""
        self._send(PREFIX + "said", sentence)

    def tell_progress(self, fraction: float) -> None:
        self._send(PREFIX + "progress", float(fraction))

    def _send(self, address: str, value: object) -> None:
        if self._socket is None or self._answer_to is None:
            return
        try:
            self._socket.sendto(osc.encode(address, value), self._answer_to)
        except OSError:
            self._answer_to = None


def _plain(value: Any) -> str:
    """A number that a fader sends, as it would be typed."""
    if isinstance(value, float):
        return repr(round(value, 6)) if value % 1 else str(int(value))
    return str(value)
