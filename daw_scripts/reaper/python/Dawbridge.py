# @description Dawbridge: Python
# @author Dawbridge
# @about
#   All verbs of Dawbridge in one action, for people who have Python switched on in REAPER. It speaks to the bridge
#   directly, by ZeroMQ. Needs the Dawbridge program, installed for the same version of Python. The Lua actions do the
#   same, and more, without Python.
# SPDX-License-Identifier: Apache-2.0
"""The one file that REAPER's Python runs. What it knows of REAPER is here; all else is imported from Dawbridge.

[U python-tuples] A function that fills in arguments gives a tuple of its value, if it has one, and all arguments.
[U python-defer] `RPR_defer` and `RPR_atexit` take a line of code. These functions have no types, hence:
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls

import json
import os
import site
import sys
from pathlib import Path
from typing import Any

import reaper_python as rpr  # type: ignore[import-not-found]

TITLE = "Dawbridge"
SECTION = "Dawbridge"
TEXT = 4096
NULL = "0x0000000000000000"
TAKE_KEY = "P_EXT:dawbridge_take"
TRACK_KEY = "P_EXT:dawbridge_variants_of"
FIXED_LANES, TRACKS_AND_ITEMS, LANES_SINCE = 2, 1 | 4, 7.0
INSTALL = (
    "Dawbridge's own Python packages were not found for the Python {version} that REAPER uses. Install Dawbridge with "
    "the same version, start it once with `dawbridge up`, and run this action again. The Lua actions work without "
    "Python. ({reason})"
)


def home_folder():
    """As `bridge_server.home.Home.find`, which cannot be imported yet."""
    if os.environ.get("DAWBRIDGE_HOME"):
        return Path(os.environ["DAWBRIDGE_HOME"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "")) / "dawbridge"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/dawbridge"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "dawbridge"


def add_packages(home):
    """Let this Python import what the Dawbridge that start.json names was installed with. '' or why not.

    [U python-packages] pyzmq and msgspec load inside REAPER's process.
    """
    try:
        program = Path(json.loads((home / "start.json").read_text(encoding="utf-8"))["command"][0])
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        return f"{home / 'start.json'}: {error}"
    prefix = program.parent if sys.platform == "win32" and program.parent.name != "Scripts" else program.parent.parent
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for folder in (prefix / "lib" / version / "site-packages", prefix / "Lib" / "site-packages"):
        if folder.is_dir():
            site.addsitedir(str(folder))
    try:
        import zmq  # noqa: F401

        import daw_scripts.reaper.python.session  # noqa: F401
    except ImportError as error:
        return str(error)
    return ""


class Reaper:
    """REAPER as the session sees it: items, tracks and dialogs. Functions give tuples where they fill in arguments."""

    home = home_folder()
    now = staticmethod(rpr.RPR_time_precise)

    # dialogs, memory and the loop

    def tell(self, sentence):
        rpr.RPR_MB(sentence, TITLE, 0)

    def notice(self, sentence):
        """Without stopping REAPER."""
        rpr.RPR_ShowConsoleMsg(f"{TITLE}: {sentence}\n")

    def ask(self, title, captions, defaults):
        """The answers, or None. [U separator]"""
        listed = ",".join(captions) + ",extrawidth=320,separator=\n"
        found = rpr.RPR_GetUserInputs(title, len(captions), listed, "\n".join(defaults), TEXT * 16)
        return (found[4].split("\n") + [""] * len(captions))[: len(captions)] if found[0] else None

    def remembered(self, key):
        return rpr.RPR_GetExtState(SECTION, key)

    def remember(self, key, line, across_restarts):
        rpr.RPR_SetExtState(SECTION, key, line, across_restarts)

    def own_folder(self):
        return Path(rpr.RPR_GetResourcePath()) / "Dawbridge" / "python"

    def has_lanes(self):
        return float(rpr.RPR_GetAppVersion().split("/")[0][:4].rstrip(".")) >= LANES_SINCE

    # projects

    def project(self):
        """Pointer and file of the tab in front; '' while it is unsaved."""
        found = rpr.RPR_EnumProjects(-1, "", TEXT)
        return found[0], found[2]

    def media_folder(self, project):
        return rpr.RPR_GetProjectPathEx(project, "", TEXT)[1]

    def is_recording(self):
        return bool(rpr.RPR_GetPlayState() & 4)

    def project_rate(self, project):
        """0 where the project follows the device."""
        is_used = rpr.RPR_GetSetProjectInfo(project, "PROJECT_SRATE_USE", 0, False)
        return int(rpr.RPR_GetSetProjectInfo(project, "PROJECT_SRATE", 0, False)) if is_used else 0

    def time_selection(self, project):
        found = rpr.RPR_GetSet_LoopTimeRange2(project, False, False, 0, 0, False)
        return found[3], found[4]

    def music(self, project, t):
        """bpm (quarter notes), (numerator, denominator), start and end of the bar."""
        _, _, numerator, denominator, bpm = rpr.RPR_TimeMap_GetTimeSigAtTime(project, t, 0, 0, 0)
        measure = rpr.RPR_TimeMap2_timeToBeats(project, t, 0, 0, 0, 0)[3]
        bars = [rpr.RPR_TimeMap_GetMeasureInfo(project, measure + one, 0, 0, 0, 0, 0)[0] for one in (0, 1)]
        return bpm, (numerator, denominator), bars[0], bars[1]

    # tracks and items

    def tracks(self, project):
        return [rpr.RPR_GetTrack(project, index) for index in range(rpr.RPR_CountTracks(project))]

    def items(self, track):
        return [rpr.RPR_GetTrackMediaItem(track, index) for index in range(rpr.RPR_CountTrackMediaItems(track))]

    def selected_items(self, project):
        count = rpr.RPR_CountSelectedMediaItems(project)
        return [rpr.RPR_GetSelectedMediaItem(project, index) for index in range(count)]

    def selected_tracks(self, project):
        count = rpr.RPR_CountSelectedTracks2(project, False)
        return [rpr.RPR_GetSelectedTrack2(project, index, False) for index in range(count)]

    def track_of(self, item):
        return rpr.RPR_GetMediaItem_Track(item)

    def track_text(self, track, key):
        return rpr.RPR_GetSetMediaTrackInfo_String(track, key, "", False)[3]

    def item_guid(self, item):
        return rpr.RPR_GetSetMediaItemInfo_String(item, "GUID", "", False)[3]

    def bounds(self, item):
        start = rpr.RPR_GetMediaItemInfo_Value(item, "D_POSITION")
        return start, start + rpr.RPR_GetMediaItemInfo_Value(item, "D_LENGTH")

    def is_muted(self, item):
        return rpr.RPR_GetMediaItemInfo_Value(item, "B_MUTE") != 0

    def take(self, item):
        found = rpr.RPR_GetActiveTake(item)
        return None if found.endswith(NULL) else found

    def mark(self, item):
        """The text that a result of ours carries; ''."""
        take = self.take(item)
        return rpr.RPR_GetSetMediaItemTakeInfo_String(take, TAKE_KEY, "", False)[3] if take else ""

    def set_mark(self, item, line):
        rpr.RPR_GetSetMediaItemTakeInfo_String(self.take(item), TAKE_KEY, line, True)

    def played(self, item):
        """How `item` plays its file, as a dictionary; or the name of the sentence that says why that cannot be told."""
        take = self.take(item)
        if take is None:
            return "empty"
        if rpr.RPR_TakeIsMIDI(take):
            return "midi"
        if rpr.RPR_GetTakeNumStretchMarkers(take):
            return "stretch_markers"
        if rpr.RPR_TakeFX_GetCount(take):
            return "take_fx"
        if rpr.RPR_CountTakeEnvelopes(take):
            return "take_envelopes"
        source = rpr.RPR_GetMediaItemTake_Source(take)
        path = rpr.RPR_GetMediaSourceFileName(source, "", TEXT)[1]
        if not path:
            return "reversed"
        take_value, item_value = rpr.RPR_GetMediaItemTakeInfo_Value, rpr.RPR_GetMediaItemInfo_Value
        if take_value(take, "I_CHANMODE"):
            return "channel_mode"
        seconds = rpr.RPR_GetMediaSourceLength(source, False)[0]
        if item_value(item, "B_LOOPSRC") and self._wraps(item, take, seconds):
            return "repeats"
        start, end = self.bounds(item)
        return {
            "path": path,
            "position": start,
            "length": end - start,
            "offset": take_value(take, "D_STARTOFFS"),
            "playrate": take_value(take, "D_PLAYRATE"),
            "keep_pitch": bool(take_value(take, "B_PPITCH")),
            "semitones": take_value(take, "D_PITCH"),
            "gain": abs(take_value(take, "D_VOL")) * item_value(item, "D_VOL"),
            "rate": rpr.RPR_GetMediaSourceSampleRate(source),
        }

    def _wraps(self, item, take, seconds):
        offset = rpr.RPR_GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
        length = rpr.RPR_GetMediaItemInfo_Value(item, "D_LENGTH")
        last = offset + length * rpr.RPR_GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
        return offset < 0 or last > seconds + 0.00001

    # changes, each in one undo step

    def in_one_undo_step(self, project, label, change):
        rpr.RPR_Undo_BeginBlock2(project)
        rpr.RPR_PreventUIRefresh(1)
        try:
            return change()
        finally:
            rpr.RPR_PreventUIRefresh(-1)
            rpr.RPR_Undo_EndBlock2(project, label, TRACKS_AND_ITEMS)
            rpr.RPR_UpdateArrange()
            rpr.RPR_TrackList_AdjustWindows(False)

    def add_track(self, project, below, name, lanes):
        """A track for results below `below` (at the end without one), with `lanes` fixed lanes, or none for 0."""
        index = int(rpr.RPR_GetMediaTrackInfo_Value(below, "IP_TRACKNUMBER")) if below else rpr.RPR_CountTracks(project)
        rpr.RPR_InsertTrackAtIndex(index, False)
        track = rpr.RPR_GetTrack(project, index)
        depth = rpr.RPR_GetMediaTrackInfo_Value(below, "I_FOLDERDEPTH") if below else 0
        if depth < 0:
            rpr.RPR_SetMediaTrackInfo_Value(below, "I_FOLDERDEPTH", 0)
            rpr.RPR_SetMediaTrackInfo_Value(track, "I_FOLDERDEPTH", depth)
        rpr.RPR_GetSetMediaTrackInfo_String(track, "P_NAME", name, True)
        owner = self.track_text(below, "GUID") if below else ""
        rpr.RPR_GetSetMediaTrackInfo_String(track, TRACK_KEY, owner or "-", True)
        rpr.RPR_SetMediaTrackInfo_Value(track, "C_BEATATTACHMODE", 0)
        if lanes:
            rpr.RPR_SetMediaTrackInfo_Value(track, "I_FREEMODE", FIXED_LANES)
            rpr.RPR_UpdateTimeline()
            rpr.RPR_SetMediaTrackInfo_Value(track, "I_NUMFIXEDLANES", lanes)
        return track

    def open_source(self, path):
        """None where REAPER cannot read it."""
        source = rpr.RPR_PCM_Source_CreateFromFile(path)
        return None if source.endswith(NULL) or rpr.RPR_GetMediaSourceLength(source, False)[0] <= 0 else source

    def add_item(self, track, source, position, name, lane):
        item = rpr.RPR_AddMediaItemToTrack(track)
        take = rpr.RPR_AddTakeToMediaItem(item)
        rpr.RPR_SetMediaItemTake_Source(take, source)
        rpr.RPR_SetMediaItemInfo_Value(item, "D_POSITION", position)
        rpr.RPR_SetMediaItemInfo_Value(item, "D_LENGTH", rpr.RPR_GetMediaSourceLength(source, False)[0])
        rpr.RPR_SetMediaItemInfo_Value(item, "B_LOOPSRC", 0)
        rpr.RPR_SetMediaItemInfo_Value(item, "I_FIXEDLANE", lane)
        rpr.RPR_GetSetMediaItemTakeInfo_String(take, "P_NAME", name, True)
        return item

    def show_lane(self, project, track, lane):
        rpr.RPR_UpdateItemLanes(project)
        rpr.RPR_SetMediaTrackInfo_Value(track, f"C_LANEPLAYS:{lane}", 1)

    def lane_of(self, item):
        return int(rpr.RPR_GetMediaItemInfo_Value(item, "I_FIXEDLANE"))

    def mute(self, item, is_muted):
        rpr.RPR_SetMediaItemInfo_Value(item, "B_MUTE", int(is_muted))

    def remove_item(self, track, item):
        rpr.RPR_DeleteTrackMediaItem(track, item)

    def remove_track(self, track):
        rpr.RPR_DeleteTrack(track)


def dawbridge_tick():
    """Called by REAPER's loop, by its name."""
    if SESSION.tick():
        rpr.RPR_defer("dawbridge_tick()")


SESSION: Any = None
_reason = add_packages(Reaper.home)
if _reason:
    _version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    rpr.RPR_MB(INSTALL.format(version=_version, reason=_reason), TITLE, 0)
else:
    from daw_scripts.reaper.python.session import Session

    SESSION = Session(Reaper())
    rpr.RPR_atexit("SESSION.close()")
    SESSION.start()
    dawbridge_tick()
