"""A stand-in for `reaper_python`, the module that REAPER gives to its Python.

Pointers are texts; functions that fill in arguments give a tuple of their value, if they have one, and all arguments.

Source: REAPER's own reaper_python.py, whose functions are all made by that rule.
"""

# ruff: noqa: N802 - the names are REAPER's

import itertools
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile

from tests.daw.python_things import Thing

NULL = "0x0000000000000000"


class World:
    """One project in a REAPER with Python; `module` is what a script imports."""

    def __init__(self, folder: Path, version: str = "7.40") -> None:
        self.folder, self.version = folder, version
        self.numbers = itertools.count(1)
        self.things: dict[str, Thing] = {}
        self.project = self.make("ReaProject", path=str(folder / "song.rpp"))
        self.selection = (0.0, 0.0)
        self.play_state, self.open_blocks, self.held = 0, 0, 0
        self.undo: list[str] = []
        self.unguarded: list[str] = []
        self.answers: list[list[str] | None] = []
        self.forms: list[tuple[str, list[str], list[str]]] = []
        self.messages: list[str] = []
        self.console: list[str] = []
        self.ext: dict[str, str] = {}
        self.deferred: list[str] = []
        self.at_exit: list[str] = []
        self.clock = 1000.0
        self.in_loop = False
        self.module = types.ModuleType("reaper_python")
        for name in dir(self):
            if name.startswith("RPR_"):
                setattr(self.module, name, getattr(self, name))
        for name in ("UpdateArrange", "UpdateTimeline", "TrackList_AdjustWindows"):
            setattr(self.module, f"RPR_{name}", lambda *arguments: None)
        counts = {
            "GetTakeNumStretchMarkers": "stretch_markers",
            "TakeFX_GetCount": "fx",
            "CountTakeEnvelopes": "envelopes",
        }
        for name, key in counts.items():
            setattr(
                self.module, f"RPR_{name}", lambda take, key=key: int(self.need(take, "MediaItem_Take").values[key])
            )

    # arranging

    def make(self, kind: str, **given: Any) -> Thing:
        number = next(self.numbers)
        thing = Thing(kind, f"({kind}*)0x{number:016X}", **given)
        thing.texts.setdefault("GUID", f"{{{number:08X}-0000-4000-8000-000000000000}}")
        self.things[thing.pointer] = thing
        return thing

    def track(self, name: str, index: int | None = None) -> Thing:
        values = {"I_FOLDERDEPTH": 0.0, "I_FREEMODE": 0.0, "I_NUMFIXEDLANES": 1.0}
        found = self.make("MediaTrack", texts={"P_NAME": name}, parent=self.project, values=values)
        self.project.children.insert(len(self.project.children) if index is None else index, found)
        return found

    def item(self, track: Thing, path: Path, position: float, **take_values: float) -> Thing:
        source = self.source(str(path))
        item = self.make("MediaItem", parent=track)
        track.children.append(item)
        item.values = {"D_POSITION": position, "D_LENGTH": self.seconds(source), "B_MUTE": 0.0, "B_LOOPSRC": 0.0}
        item.values |= {"D_VOL": 1.0, "I_FIXEDLANE": 0.0}
        self.take(item, source, **take_values)
        return item

    def take(self, item: Thing, source: Thing | None, **given: float) -> Thing:
        take = self.make("MediaItem_Take", parent=item, source=source)
        zero = ("D_STARTOFFS", "D_PITCH", "B_PPITCH", "I_CHANMODE", "stretch_markers", "fx", "envelopes")
        take.values = dict.fromkeys(zero, 0.0) | {"D_PLAYRATE": 1.0, "D_VOL": 1.0} | given
        item.children.append(take)
        return take

    def source(self, path: str) -> Thing:
        return self.make("PCM_source", path=path)

    def seconds(self, source: Thing) -> float:
        try:
            return float(soundfile.info(source.path).duration)
        except soundfile.LibsndfileError:
            return 0.0

    def need(self, pointer: str, kind: str) -> Thing:
        thing = self.things.get(pointer)
        assert thing is not None and thing.kind == kind, f"{kind} expected, got {pointer}"
        return thing

    def changed(self, what: str) -> None:
        if self.open_blocks == 0:
            self.unguarded.append(what)

    def tick(self, run: Callable[[str], None]) -> bool:
        """Run what was deferred, by `run(code)`. False when nothing was."""
        codes, self.deferred = self.deferred, []
        self.in_loop = True
        for code in codes:
            run(code)
        self.in_loop = False
        assert self.open_blocks == 0
        assert self.held == 0
        self.clock += 0.033
        return bool(codes)

    # dialogs, memory, loop

    def RPR_MB(self, message: str, title: str, kind: int) -> int:
        assert not self.in_loop, "a dialog stops REAPER"
        self.messages.append(message)
        return 1

    def RPR_GetUserInputs(self, title: str, count: int, captions: str, values: str, size: int) -> Any:
        assert not self.in_loop, "a dialog stops REAPER"
        names = [one for one in captions.split(",") if "=" not in one or " " in one]
        assert len(names) == count
        self.forms.append((title, names, values.split("\n")))
        typed = self.answers.pop(0)
        if typed is None:
            return (0, title, count, captions, values, size)
        shown = values.split("\n")
        shown[: len(typed)] = typed
        return (1, title, count, captions, "\n".join(shown), size)

    def RPR_ShowConsoleMsg(self, line: str) -> None:
        self.console.append(line)

    def RPR_GetExtState(self, section: str, key: str) -> str:
        return self.ext.get(f"{section}/{key}", "")

    def RPR_SetExtState(self, section: str, key: str, value: str, persist: bool) -> None:
        assert "\n" not in value or not persist, "a kept value is one line of an ini file"
        self.ext[f"{section}/{key}"] = value

    def RPR_GetResourcePath(self) -> str:
        return str(self.folder / "REAPER")

    def RPR_GetAppVersion(self) -> str:
        return f"{self.version}/linux-x86_64"

    def RPR_time_precise(self) -> float:
        return self.clock

    def RPR_defer(self, code: str) -> None:
        assert isinstance(code, str), "defer takes code"
        self.deferred.append(code)

    def RPR_atexit(self, code: str) -> None:
        self.at_exit.append(code)

    def RPR_GetPlayState(self) -> int:
        return self.play_state

    # projects

    def RPR_EnumProjects(self, index: int, file: str, size: int) -> Any:
        return (self.project.pointer, index, self.project.path, size)

    def RPR_GetProjectPathEx(self, project: str, path: str, size: int) -> Any:
        return (project, str(self.folder / "Media"), size)

    def RPR_GetSetProjectInfo(self, project: str, name: str, value: float, is_set: bool) -> float:
        assert not is_set
        return {"PROJECT_SRATE_USE": 1.0, "PROJECT_SRATE": 48_000.0}[name]

    def RPR_GetSet_LoopTimeRange2(self, project: str, *arguments: Any) -> Any:
        is_set, is_loop, _, _, seek = arguments
        assert not is_set and not is_loop
        return (project, is_set, is_loop, *self.selection, seek)

    def RPR_TimeMap_GetTimeSigAtTime(self, project: str, t: float, *out: Any) -> Any:
        assert len(out) == 3
        return (project, t, 3, 4, 90.0)

    def RPR_TimeMap2_timeToBeats(self, project: str, t: float, *out: Any) -> Any:
        assert len(out) == 4
        beats = t * 1.5
        return (beats % 3, project, t, int(beats // 3), 3, beats, 4)

    def RPR_TimeMap_GetMeasureInfo(self, project: str, measure: int, *out: Any) -> Any:
        assert len(out) == 5
        return (measure * 2.0, project, measure, measure * 3.0, measure * 3.0 + 3, 3, 4, 90.0)

    # tracks and items

    def RPR_CountTracks(self, project: str) -> int:
        return len(self.project.children)

    def RPR_GetTrack(self, project: str, index: int) -> str:
        return self.project.children[index].pointer

    def RPR_CountTrackMediaItems(self, track: str) -> int:
        return len(self.need(track, "MediaTrack").children)

    def RPR_GetTrackMediaItem(self, track: str, index: int) -> str:
        return self.need(track, "MediaTrack").children[index].pointer

    def selected(self, kind: str) -> list[Thing]:
        tracks = self.project.children
        things = tracks if kind == "MediaTrack" else [item for track in tracks for item in track.children]
        return [thing for thing in things if thing.is_selected]

    def RPR_CountSelectedMediaItems(self, project: str) -> int:
        return len(self.selected("MediaItem"))

    def RPR_GetSelectedMediaItem(self, project: str, index: int) -> str:
        return self.selected("MediaItem")[index].pointer

    def RPR_CountSelectedTracks2(self, project: str, master: bool) -> int:
        return len(self.selected("MediaTrack"))

    def RPR_GetSelectedTrack2(self, project: str, index: int, master: bool) -> str:
        return self.selected("MediaTrack")[index].pointer

    def RPR_GetMediaItem_Track(self, item: str) -> str:
        parent = self.need(item, "MediaItem").parent
        assert parent is not None
        return parent.pointer

    def text(self, kind: str, pointer: str, key: str, value: str, is_set: bool) -> Any:
        thing = self.need(pointer, kind)
        if is_set:
            self.changed(key)
            thing.texts[key] = value
        return (1, pointer, key, thing.texts.get(key, ""), is_set)

    def RPR_GetSetMediaTrackInfo_String(self, track: str, key: str, value: str, is_set: bool) -> Any:
        return self.text("MediaTrack", track, key, value, is_set)

    def RPR_GetSetMediaItemInfo_String(self, item: str, key: str, value: str, is_set: bool) -> Any:
        return self.text("MediaItem", item, key, value, is_set)

    def RPR_GetSetMediaItemTakeInfo_String(self, take: str, key: str, value: str, is_set: bool) -> Any:
        return self.text("MediaItem_Take", take, key, value, is_set)

    def RPR_GetMediaTrackInfo_Value(self, track: str, key: str) -> float:
        thing = self.need(track, "MediaTrack")
        if key == "IP_TRACKNUMBER":
            return self.project.children.index(thing) + 1.0
        return thing.values[key]

    def RPR_SetMediaTrackInfo_Value(self, track: str, key: str, value: float) -> bool:
        self.changed(key)
        thing = self.need(track, "MediaTrack")
        if key.startswith("C_LANEPLAYS:"):
            lane = int(key.split(":")[1])
            assert lane < thing.values["I_NUMFIXEDLANES"], "no such lane"
            thing.lanes = {lane: int(value)}
        thing.values[key] = value
        return True

    def RPR_GetMediaItemInfo_Value(self, item: str, key: str) -> float:
        return self.need(item, "MediaItem").values[key]

    def RPR_SetMediaItemInfo_Value(self, item: str, key: str, value: float) -> bool:
        self.changed(key)
        self.need(item, "MediaItem").values[key] = value
        return True

    def RPR_GetActiveTake(self, item: str) -> str:
        takes = self.need(item, "MediaItem").children
        return takes[-1].pointer if takes else f"(MediaItem_Take*){NULL}"

    def RPR_TakeIsMIDI(self, take: str) -> bool:
        return self.need(take, "MediaItem_Take").is_midi

    def RPR_GetMediaItemTakeInfo_Value(self, take: str, key: str) -> float:
        return self.need(take, "MediaItem_Take").values[key]

    def RPR_GetMediaItemTake_Source(self, take: str) -> str:
        source = self.need(take, "MediaItem_Take").source
        assert source is not None
        return source.pointer

    def RPR_GetMediaSourceFileName(self, source: str, path: str, size: int) -> Any:
        return (source, self.need(source, "PCM_source").path, size)

    def RPR_GetMediaSourceLength(self, source: str, in_quarter_notes: bool) -> Any:
        return (self.seconds(self.need(source, "PCM_source")), source, 0)

    def RPR_GetMediaSourceSampleRate(self, source: str) -> int:
        return int(soundfile.info(self.need(source, "PCM_source").path).samplerate)

    # changes

    def RPR_Undo_BeginBlock2(self, project: str) -> None:
        self.open_blocks += 1

    def RPR_Undo_EndBlock2(self, project: str, label: str, flags: int) -> None:
        self.open_blocks -= 1
        self.undo.append(label)

    def RPR_PreventUIRefresh(self, by: int) -> None:
        self.held += by

    def RPR_UpdateItemLanes(self, project: str) -> bool:
        return True

    def RPR_InsertTrackAtIndex(self, index: int, wants_defaults: bool) -> None:
        self.changed("a track")
        self.track("", index)

    def RPR_AddMediaItemToTrack(self, track: str) -> str:
        self.changed("an item")
        owner = self.need(track, "MediaTrack")
        item = self.make("MediaItem", parent=owner, values={"B_MUTE": 0.0, "B_LOOPSRC": 1.0, "D_VOL": 1.0})
        owner.children.append(item)
        return item.pointer

    def RPR_AddTakeToMediaItem(self, item: str) -> str:
        return self.take(self.need(item, "MediaItem"), None).pointer

    def RPR_PCM_Source_CreateFromFile(self, path: str) -> str:
        if not Path(path).is_file():
            return f"(PCM_source*){NULL}"
        return self.source(path).pointer

    def RPR_SetMediaItemTake_Source(self, take: str, source: str) -> bool:
        self.need(take, "MediaItem_Take").source = self.need(source, "PCM_source")
        return True

    def RPR_DeleteTrackMediaItem(self, track: str, item: str) -> bool:
        self.changed("an item")
        owner, thing = self.need(track, "MediaTrack"), self.need(item, "MediaItem")
        owner.children.remove(thing)
        del self.things[item]
        return True

    def RPR_DeleteTrack(self, track: str) -> None:
        self.changed("a track")
        self.project.children.remove(self.need(track, "MediaTrack"))
        del self.things[track]
