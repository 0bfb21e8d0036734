"""Where commands, the bridge and the set meet: what is to be done is done here, a little each tick.

Works are generators, one step a tick or as many as fit into the tick's time; one landing at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from . import guests, landing, results, subjects, tracks
from .commands import WORKING, Command, ControlPort
from .courier import Courier
from .hearing import Hearing
from .home import open_page, start_bridge, start_command
from .jobs import Jobs
from .landing import Parked
from .naming import NameWatch
from .offer import context_seconds, reason, settings
from .reading import get, tempo_varies
from .requests import build, makes_draft, panel
from .subjects import Subject, find_range, gather
from .texts import say
from .wishes import Refusal, read_wishes

CLIENT = "ableton-remote-script"
TICK_SECONDS = 0.002
SILENT_SECONDS = 3.0


class Desk:
    """`song()` gives the open set, `show` tells the musician."""

    def __init__(self, home: str, song: Callable[[], Any], port: ControlPort, show: Callable[[str], None]) -> None:
        self.home = home
        self.song = song
        self.port = port
        self._show = show
        self.jobs = Jobs(home)
        self.courier = Courier(home, CLIENT, self.jobs.after)
        self.hearing = Hearing(self.jobs, self.courier, self.say, port.tell_progress)
        self.hearing.on_guest, self.hearing.on_link = self._guest, self._open_link
        self._names = NameWatch()
        self._readings: list[Iterator[list[str]]] = []
        self._changes: list[Iterator[list[str]]] = []
        self._landing: Iterator[list[str]] | None = None
        self._told_waiting: dict[str, str] = {}
        self._asked_at: float | None = None
        self._save_fault = ""
        for job in self.jobs.unheard():
            self.courier.ask(job["request"])

    def close(self) -> None:
        self._save(float("inf"))
        self.courier.close()

    def say(self, sentence: str) -> None:
        self._show(sentence)
        self.port.say(sentence)

    def tick(self, now: float) -> None:
        song = self.song()
        self._take_commands(song)
        for event in self.courier.tick(now):
            chosen = self.hearing.hear(event)
            if chosen is not None:
                self._changes.append(self._placed(*chosen))
        self.hearing.tick(now)
        self._tell_silence(now)
        self._work()
        self._land(song)
        self._save(now)

    # commands

    def _take_commands(self, song: Any) -> None:
        commands, complaints = self.port.receive()
        for complaint in complaints:
            self.say(complaint)
        try:
            named = self._names.look(song)
            commands += [named] if named is not None else []
        except Refusal as refusal:
            self.say(str(refusal))
        for command in commands:
            try:
                self._do(song, command)
            except Refusal as refusal:
                self.say(str(refusal))

    def _do(self, song: Any, command: Command) -> None:
        """Raises Refusal."""
        if command.verb in WORKING:
            self._ask(song, command)
        elif command.verb == "start":
            self._start()
        elif command.verb == "status":
            self.say(self.hearing.status())
        elif command.verb == "cancel":
            self._cancel()
        elif command.verb == "open_panel":
            self._readings.append(self._opening(song, command))
        else:
            job = results.meant(song, self.jobs)
            if command.verb == "choose":
                self._changes.append(results.choose(song, job, command.number))
            elif command.verb == "keep":
                self._keep(song, job)
            else:
                self.say(results.discard(song, job))
                self.jobs.put(job, state="discarded")

    def _ask(self, song: Any, command: Command) -> None:
        """Raises Refusal."""
        why_not = reason(command.verb, self.courier.welcome)
        if why_not:
            raise Refusal(why_not)
        wishes = read_wishes(command.answers)
        self._check(wishes)
        found = find_range(song, command.verb, wishes["source"], command.clip)
        reach = context_seconds(self.courier.welcome, subjects.CONTEXT_SECONDS)
        self._readings.append(self._asking(song, command.verb, wishes, gather(song, command.verb, found, reach)))

    def _check(self, wishes: dict[str, Any]) -> None:
        """What the engine cannot do is not sent. Raises Refusal."""
        known = settings(self.courier.welcome)
        for wish in ("draft", "reference", "timbre"):
            if wishes[wish] and self.courier.welcome and wish not in known:
                raise Refusal(say("not_in_engine", wish=wish))

    def _opening(self, song: Any, command: Command) -> Iterator[list[str]]:
        """Send what is meant, and ask for a link to it: a range that sounds, an empty one, or the front page."""
        subject = None
        for verb in ("repaint", "generate"):
            try:
                found = find_range(song, verb, "auto", command.clip)
                for gathered in gather(song, verb, found, subjects.CONTEXT_SECONDS):
                    subject = gathered
                    yield []
            except Refusal:
                subject = None
            if subject is not None:
                break
        self.courier.ask(panel(subject))

    def _open_link(self, address: str) -> None:
        try:
            open_page(address)
        except (OSError, ValueError):
            self.say(say("open_by_hand", address=address))

    def _asking(
        self, song: Any, verb: str, wishes: dict[str, Any], gathering: Iterator[Subject | None]
    ) -> Iterator[list[str]]:
        """Read the clips, then hand over. Raises Refusal."""
        subject = next(gathering)
        while subject is None:
            yield []
            subject = next(gathering)
        of_take = self.jobs.of_take(subject.take) if subject.take else None
        subject.is_draft = bool(of_take and of_take.get("draft"))
        if not subject.project and not self.jobs.told_unsaved:
            self.jobs.told_unsaved = True
            yield [say("unsaved")]
        title = f"{say('verb_' + verb)} {subject.title}"
        for request in build(verb, subject, wishes):
            self.jobs.add(_remembered(song, verb, title, subject, wishes, request))
            self.courier.ask(request)
        said = [say("asked", title=title)]
        if tempo_varies(song):
            said.append(say("tempo_varies"))
        yield said

    def _start(self) -> None:
        """Raises Refusal."""
        command = start_command(self.home)
        if command is None:
            raise Refusal(say("no_start_file"))
        try:
            start_bridge(command)
        except OSError:
            raise Refusal(say("start_failed")) from None
        self.say(say("starting"))

    def _cancel(self) -> None:
        going = [job for job in self.jobs.open() if job["state"] != "done"]
        if not going:
            self.say(say("nothing_to_cancel"))
        for job in going:
            if self.courier.drop(job["job"]):
                self.jobs.put(job, state="cancelled")
                self.say(say("cancelled"))
            else:
                self.courier.ask({"request": "cancel", "job": job["job"]})
                self.say(say("cancelling"))

    def _keep(self, song: Any, job: dict[str, Any]) -> None:
        number, sentence = results.keep(song, job)
        self.hearing.own_choice(job["job"], number)
        self.courier.ask({"request": "choose", "job": job["job"], "number": number})
        self.say(sentence)

    def _placed(self, job: dict[str, Any], number: int) -> Iterator[list[str]]:
        """Somebody chose a variant in a terminal or a panel."""
        song = self.song()
        if tracks.set_of(song) == job["set"] and job["state"] == "landed" and len(job["takes"]) > 1:
            yield from results.choose(song, job, number)

    def _guest(self, take: dict[str, Any]) -> None:
        """Somebody chose a take that was not asked for here."""
        guests.receive(self.jobs, take)

    # a little each tick

    def _work(self) -> None:
        """Readings as far as the tick's time goes; what changes the set one step, because Live carries it out later."""
        until = time.perf_counter() + TICK_SECONDS
        while self._readings and time.perf_counter() < until:
            if not self._step(self._readings[0]):
                self._readings.pop(0)
        for work in list(self._changes):
            if not self._step(work):
                self._changes.remove(work)
            self.jobs.changed = True

    def _step(self, work: Iterator[list[str]]) -> bool:
        """One step of a work; False when it is through."""
        try:
            said = next(work)
        except StopIteration:
            return False
        except Refusal as refusal:
            self.say(str(refusal))
            return False
        for sentence in said:
            self.say(sentence)
        return True

    def _land(self, song: Any) -> None:
        if self._landing is None:
            self._landing = self._next_landing(song)
        if self._landing is None:
            return
        try:
            for sentence in next(self._landing):
                self.say(sentence)
        except StopIteration:
            self._landing = None

    def _next_landing(self, song: Any) -> Iterator[list[str]] | None:
        for job in self.jobs.done():
            waits = landing.can_land(song, job)
            if not waits:
                return self._landed(song, job)
            if self._told_waiting.get(job["job"]) != waits:
                self._told_waiting[job["job"]] = waits
                self.say(f"{job['title']}: {say(waits)}")
        return None

    def _landed(self, song: Any, job: dict[str, Any]) -> Iterator[list[str]]:
        """A landing that is remembered as soon as Live has the clips, so that it never happens twice."""
        try:
            for said in landing.land(song, job):
                if job["state"] == "done":
                    self.jobs.put(job, state="landed")
                yield said
        except Parked as why:
            self.jobs.put(job, state="parked")
            yield [str(why)]

    def _tell_silence(self, now: float) -> None:
        """Once per silence: that nobody answers, and how to change that."""
        if self.courier.connected or not self.courier.waiting:
            self._asked_at = None
        elif self._asked_at is None:
            self._asked_at = now
        elif 0 <= self._asked_at < now - SILENT_SECONDS:
            self._asked_at = float("inf")
            self.say(say("no_bridge"))

    def _save(self, now: float) -> None:
        try:
            self.jobs.save(now)
        except OSError as fault:
            if str(fault) != self._save_fault:
                self._save_fault = str(fault)
                self.say(say("not_saved", fault=fault))


def _remembered(
    song: Any, verb: str, title: str, subject: Subject, wishes: dict[str, Any], request: dict[str, Any]
) -> dict[str, Any]:
    """What has to be known when the result comes, perhaps tomorrow."""
    return {
        "job": request["job"],
        "verb": verb,
        "verb_title": say("verb_" + verb),
        "title": title,
        "set": tracks.set_of(song, mark=True),
        "track": tracks.key_of(subject.track),
        "track_name": str(get(subject.track, "name", "")),
        "start": subject.start,
        "end": subject.end,
        "timeline": subject.samples(subject.start),
        "tempo": subject.tempo,
        "rate": subject.rate,
        "tags": wishes["tags"],
        "stems": wishes["stems"],
        "replace": wishes["replace"],
        "midi": wishes["midi"],
        "draft": makes_draft(request, subject),
        "request": request,
    }
