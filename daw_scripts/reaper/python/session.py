"""The Python action at work: asks for a verb and its wishes, hands them in, and lays results beside the original.

It sees REAPER through the functions of `Reaper` in Dawbridge.py, so it can be tested without one.
"""

import json
import secrets
import webbrowser
from pathlib import Path
from typing import Any

from bridge_server.home import Home
from bridge_server.protocol.errors import BridgeError
from daw_scripts.reaper.python.orders import Played, Subject, build
from daw_scripts.reaper.python.talk import Job, Talk
from daw_scripts.reaper.python.texts import say
from daw_scripts.reaper.python.verbs import BY_ID, DEFAULTS, VERBS, Unclear, Verb, read

CONTEXT_SECONDS = 20.0
SHORTEST_SECONDS = 0.1
FALLBACK_RATE = 48_000
INSTANCE = "instance_python"
ASK_VERB = "What to do"
RENDER = "The item {why}. Render or glue it first, or use the Lua action, which listens to what is heard."
WHY = {
    "stretch_markers": "has stretch markers",
    "take_fx": "has its own effects",
    "take_envelopes": "has its own envelopes",
    "channel_mode": "plays only some channels of its file",
    "reversed": "plays a part of a file, or backwards",
    "repeats": "repeats its file",
}
"""What only the Lua actions can do, because they listen to REAPER's own audio."""


class Refused(Exception):
    """Why a selection cannot be used; the message is a sentence."""


class Session:
    """One run of the action. `host` is `Reaper` of Dawbridge.py, or a stand-in."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.token = secrets.token_hex(8)
        host.remember(INSTANCE, self.token, False)
        name = host.remembered("client_python") or f"reaper-python-{secrets.token_hex(4)}"
        host.remember("client_python", name, True)
        self.talk = Talk(Home(Path(host.home)), name, host.own_folder() / "jobs.json")

    def close(self) -> None:
        self.talk.close()

    # asking

    def start(self) -> None:
        """Ask what to do, and do it. What cannot be done is said."""
        verb = self.ask_verb()
        if verb is None:
            return
        try:
            if verb.request:
                self.order(verb)
            else:
                getattr(self, f"do_{verb.id}")()
        except (Refused, Unclear) as reason:
            self.host.tell(str(reason))
        except BridgeError as error:
            self.host.tell(f"{error} {error.hint}".strip())

    def ask_verb(self) -> Verb | None:
        listed = " ".join(verb.id for verb in VERBS)
        last = self.host.remembered("python_verb") or "repaint"
        answers = self.host.ask(say("title"), [f"{ASK_VERB}: {listed}"], [last])
        if answers is None:
            return None
        verb = BY_ID.get(answers[0].strip().lower())
        if verb is None:
            self.host.tell(f"“{answers[0]}” is none of: {listed}.")
            return None
        self.host.remember("python_verb", verb.id, True)
        return verb

    def order(self, verb: Verb) -> None:
        project, file = self.host.project()
        subject, place = self.subject(verb, project, file)
        answers = self.ask_wishes(verb)
        if answers is None:
            return
        for request in build(verb, subject, read(verb, answers)):
            self.talk.submit(request, place)

    def ask_wishes(self, verb: Verb) -> dict[str, str] | None:
        if not verb.fields:
            return {}
        defaults = [self.host.remembered(f"last_{name}") or DEFAULTS[name] for name in verb.fields]
        title = say("title_verb", verb=verb.title)
        answers = self.host.ask(title, [say(f"ask_{name}") for name in verb.fields], defaults)
        if answers is None:
            return None
        found = dict(zip(verb.fields, answers, strict=True))
        for name, answer in found.items():
            if name != "seed":
                self.host.remember(f"last_{name}", answer, True)
        return found

    # what is selected

    def subject(self, verb: Verb, project: Any, file: str) -> tuple[Subject, dict[str, Any]]:
        """What the verb is about, and where its result will belong. Raises Refused."""
        if verb.needs == "take":
            item, mark = self.marked(project)
            start, _ = self.host.bounds(item)
            place = self.place(verb, file, self.host.track_of(item), item, start)
            return Subject(0, 0, FALLBACK_RATE, project=self.folder(project, file), take=mark["path"]), place
        start, end = self.range(verb, project)
        tracks, own = self.heard(verb, project, start, end)
        rate = self.host.project_rate(project) or next((i["rate"] for t in tracks for i in t), FALLBACK_RATE)
        bpm, meter, bar_start, bar_end = self.host.music(project, start + 0.5 / rate)
        items = tuple(
            tuple(Played(**{name: value for name, value in one.items() if name != "rate"}) for one in track)
            for track in tracks
        )
        found = Subject(
            start,
            end,
            rate,
            project=self.folder(project, file),
            tracks=items,
            bpm=bpm,
            meter=meter,
            bar=bar_end - bar_start,
            since_bar=start - bar_start,
        )
        anchor = self.host.selected_items(project)
        return found, self.place(verb, file, own, anchor[0] if anchor else None, start)

    def folder(self, project: Any, file: str) -> str:
        return self.host.media_folder(project) if file else ""

    def place(self, verb: Verb, file: str, track: Any, item: Any, start: float) -> dict[str, Any]:
        return {
            "verb": verb.id,
            "project_file": file,
            "track": self.host.track_text(track, "GUID") if track else "",
            "item": self.host.item_guid(item) if item else "",
            "item_at": self.host.bounds(item)[0] if item else 0.0,
            "start": start,
        }

    def range(self, verb: Verb, project: Any) -> tuple[float, float]:
        start, end = self.host.time_selection(project)
        items = self.host.selected_items(project)
        if verb.needs == "edge" or end <= start:
            if not items:
                raise Refused(say("nothing_selected"))
            bounds = [self.host.bounds(item) for item in items]
            start, end = min(first for first, _ in bounds), max(last for _, last in bounds)
        if end - start < SHORTEST_SECONDS:
            raise Refused(say("too_short"))
        return start, end

    def heard(self, verb: Verb, project: Any, start: float, end: float) -> tuple[list[list[dict[str, Any]]], Any]:
        """What sounds around the range, a list for each track, and the track that the result belongs to."""
        chosen = [self.host.track_of(item) for item in self.host.selected_items(project)]
        own = next(iter(chosen or self.host.selected_tracks(project)), None)
        if verb.needs == "room":
            return [], own
        if verb.needs == "tracks":
            others = [track for track in self.host.tracks(project) if track != own]
        else:
            others = [own] if own else self.host.tracks(project)[:1]
        wide = CONTEXT_SECONDS if verb.needs != "edge" else 0.0
        must = None if verb.needs == "tracks" else (start, end)
        found = [playing for track in others if (playing := self.playing(track, start - wide, end + wide, must))]
        inside = [one for track in found for one in track if self.overlaps(one, start, end)]
        if not inside:
            raise Refused(say("no_item"))
        return found, own or others[0]

    @staticmethod
    def overlaps(played: dict[str, Any], start: float, end: float) -> bool:
        return bool(played["position"] < end and start < played["position"] + played["length"])

    def playing(self, track: Any, start: float, end: float, must: tuple[float, float] | None) -> list[dict[str, Any]]:
        """What `track` plays from `start` to `end`. Raises Refused for what cannot be told inside of `must`."""
        found = []
        for item in self.host.items(track):
            first, last = self.host.bounds(item)
            if last <= start or end <= first or self.host.is_muted(item):
                continue
            played = self.host.played(item)
            if isinstance(played, str):
                if must is None or last <= must[0] or must[1] <= first:
                    continue
                raise Refused(RENDER.format(why=WHY[played]) if played in WHY else say(played))
            found.append(played)
        return found

    def marked(self, project: Any) -> tuple[Any, dict[str, Any]]:
        """The selected result of ours. Raises Refused."""
        for item in self.host.selected_items(project):
            try:
                mark = json.loads(self.host.mark(item))
            except ValueError:
                continue
            if not Path(mark["path"]).is_file():
                raise Refused(say("no_recipe_file", path=mark["path"]))
            return item, mark
        raise Refused(say("no_result"))

    # verbs that only steer

    def of_job(self, project: Any, job: str) -> list[tuple[Any, Any]]:
        """Track and item of every result of `job`."""
        found = []
        for track in self.host.tracks(project):
            for item in self.host.items(track):
                line = self.host.mark(item)
                if line and json.loads(line)["job"] == job:
                    found.append((track, item))
        return found

    def do_choose(self) -> None:
        project, _ = self.host.project()
        item, mark = self.marked(project)

        def change() -> None:
            for track, other in self.of_job(project, mark["job"]):
                if self.host.has_lanes() and other == item:
                    self.host.show_lane(project, track, self.host.lane_of(item))
                elif not self.host.has_lanes():
                    self.host.mute(other, other != item)

        self.host.in_one_undo_step(project, say("undo_choose", number=mark["number"]), change)

    def do_keep(self) -> None:
        project, _ = self.host.project()
        item, mark = self.marked(project)
        self.talk.tick(self.host.now())
        self.talk.choose(mark["job"], mark["number"])
        line = json.dumps({**mark, "kept": True})
        label = say("undo_keep", number=mark["number"])
        self.host.in_one_undo_step(project, label, lambda: self.host.set_mark(item, line))

    def do_discard(self) -> None:
        project, _ = self.host.project()
        _, mark = self.marked(project)

        def change() -> None:
            touched = []
            for track, item in self.of_job(project, mark["job"]):
                self.host.remove_item(track, item)
                touched.append(track)
            for track in dict.fromkeys(touched):
                if not self.host.items(track) and self.host.track_text(track, "P_EXT:dawbridge_variants_of"):
                    self.host.remove_track(track)

        self.host.in_one_undo_step(project, say("undo_discard"), change)

    def do_cancel(self) -> None:
        running = [job for job in self.talk.jobs.values() if not job.is_over]
        if not running:
            raise Refused(say("nothing_to_cancel"))
        self.talk.tick(self.host.now())
        self.talk.cancel(running[-1])

    def do_status(self) -> None:
        self.talk.tick(self.host.now())
        rows = [f"{self.title(job)}: {job.said or job.state}" for job in self.talk.jobs.values()]
        if self.talk.client is None:
            rows.append(say("unanswered"))
        self.host.tell("\n".join(rows) or say("no_jobs"))

    def do_open_panel(self) -> None:
        self.talk.tick(self.host.now())
        address = self.talk.panel()
        if not (address and webbrowser.open(address)):
            self.host.tell(say("open_by_hand", address=address) if address else say("unanswered"))

    # the loop

    def title(self, job: Job) -> str:
        at = job.place["start"]
        label = f"{int(at // 60)}:{at % 60:06.3f}"
        return say("job_title", verb=BY_ID[job.place["verb"]].title, range=label)

    def tick(self) -> bool:
        """One turn. False once there is nothing more to do, or another run of the action has taken over."""
        if self.host.remembered(INSTANCE) != self.token:
            self.close()
            return False
        self.talk.tick(self.host.now())
        for job in list(self.talk.jobs.values()):
            if job.state == "done":
                self.land(job)
            elif job.is_over:
                if job.said and job.state == "failed":
                    self.host.notice(job.said)
                self.talk.forget(job)
        return bool(self.talk.jobs)

    def land(self, job: Job) -> None:
        """Lay the takes of `job` beside the original; later, where the project is closed or something is recorded."""
        project, file = self.host.project()
        if self.host.is_recording() or file != job.place["project_file"]:
            return
        wanted = job.place["track"]
        track = next((one for one in self.host.tracks(project) if self.host.track_text(one, "GUID") == wanted), None)
        parts = [(take, part) for take in job.takes for part in take.parts]
        sources = [self.host.open_source(part.path) for _, part in parts]
        what, path = self.title(job), job.takes[0].path
        if wanted and track is None:
            self.host.notice(say("parked", what=what, path=path))
        elif None in sources:
            self.host.notice(say("unreadable_take", what=what, path=parts[sources.index(None)][1].path))
        else:
            shift = self.moved(project, job.place)

            def change() -> None:
                self.lay(project, job, track, list(zip(parts, sources, strict=True)), shift)

            label = say("undo_verb", verb=BY_ID[job.place["verb"]].title, range=what.split(" ")[-1])
            self.host.in_one_undo_step(project, label, change)
        self.talk.forget(job)

    def moved(self, project: Any, place: dict[str, Any]) -> float:
        """Seconds by which the item that was asked about has been moved since."""
        for track in self.host.tracks(project) if place["item"] else []:
            for item in self.host.items(track):
                if self.host.item_guid(item) == place["item"]:
                    return float(self.host.bounds(item)[0] - place["item_at"])
        return 0.0

    def lay(self, project: Any, job: Job, below: Any, parts: list[Any], shift: float) -> None:
        name = self.host.track_text(below, "P_NAME") if below else ""
        title = say("variants_track", track=name) if name else say("generated_track")
        lanes = len(parts) if self.host.has_lanes() else 0
        track = self.host.add_track(project, below, title, lanes)
        for index, ((take, part), source) in enumerate(parts):
            at = part.timeline / part.span.rate + shift
            label = say("take_name", verb=BY_ID[job.place["verb"]].title, number=take.number)
            item = self.host.add_item(track, source, at, label, index if lanes else 0)
            mark = {"job": take.job, "number": take.number, "path": take.path}
            self.host.set_mark(item, json.dumps(mark))
            if not lanes:
                self.host.mute(item, index > 0)
        if lanes:
            self.host.show_lane(project, track, 0)
