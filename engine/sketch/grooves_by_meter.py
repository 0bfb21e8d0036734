"""Grooves of their own for bars of 3/4, 5/4, 6/8 and 7/8, in sixteenths; the symbols are those of `grooves`.

5/4 is felt as 3 + 2 quarters, 7/8 as 2 + 2 + 3 eighths. Longer bars that hold two of these play them twice.
"""

from __future__ import annotations

from engine.sketch import grooves
from engine.sketch.meter import Meter

Rhythms = tuple[str, ...]

_FAMILIES = {
    "metal": "rock", "lofi": "hop", "boombap": "hop", "trap": "hop", "techno": "four", "brushes": "jazz",
    "shuffle": "jazz", "breaks": "funk", "ballad": "folk", "reggae": "bossa",
    "acid": "octaves", "sub": "lofi",
    "chug": "eighths", "offbeat": "stabs", "skank": "stabs", "sixteenths": "arpeggio",
}  # fmt: skip
"""Grooves that borrow those of a relative in these bars."""

_DRUMS: dict[str, dict[str, Rhythms]] = {
    "3/4": {
        "backbeat": ("k:X.......x...|s:....X...X...|h:x.x.x.x.x.x.", "k:X.....x.....|s:........X...|h:x.x.x.x.x.x."),
        "rock": ("k:X.....X.....|s:....X...X...|h:X.x.X.x.X.x.", "k:X...x.....x.|s:........X..o|h:X.x.X.x.X.x."),
        "hop": ("k:X.....x.....|s:....X...X..o|h:x.x.xox.x.x.", "k:X..x......x.|s:........X...|h:x.xox.x.x.xo"),
        "four": ("k:X...X...X...|c:........X...|o:..x...x...x.|h:x...x...x...",
                 "k:X...X...X...|c:....X...X...|o:..x...x...x."),
        "jazz": ("d:X...x.xxx...|p:....x...x...|k:o...........",
                 "d:X...x.x.x.xx|p:....x...x...|k:o.......o...|s:......o....."),
        "bossa": ("k:X.....x.....|r:X..X....X...|h:xoxoxoxoxoxo", "k:X.......x...|r:..X..X..X...|h:xoxoxoxoxoxo"),
        "funk": ("k:X.x....x....|s:....X..oX..o|h:xoxoxoxoxoxo", "k:X..x..x.....|s:....X.o.X..o|h:x.xox.xox.xo"),
        "folk": ("k:X...........|s:....o...o...|h:....x...x...", "k:X.........x.|r:....x...x...|h:x.x.x.x.x.x."),
        "cinematic": ("k:X.......x...|t:X..o..o.X.oo", "k:X.....X.....|t:X.o.X.o.X.oo"),
    },
    "5/4": {
        "backbeat": (
            "k:X.....x.....X.......|s:........X.......X...|h:x.x.x.x.x.x.x.x.x.x.",
            "k:X.......x...X.......|s:....X...........X...|h:x.x.x.x.x.x.x.x.x.x.",
        ),
        "rock": (
            "k:X...X.......X.x.....|s:........X.......X...|h:X.x.X.x.X.x.X.x.X.x.",
            "k:X.....x.X...X.......|s:....X...........X..o|h:X.x.X.x.X.x.X.x.X.x.",
        ),
        "hop": (
            "k:X..x........X..x....|s:........X.......X..o|h:x.x.xox.x.x.x.xox.x.",
            "k:X.....x.....X.......|s:....X..o........X...|h:x.xox.x.x.x.x.x.x.xo",
        ),
        "four": (
            "k:X...X...X...X...X...|c:........X.......X...|o:..x...x...x...x...x.|h:x...x...x...x...x...",
            "k:X...X...X...X...X...|c:....X...........X...|o:..x...x...x...x...x.|h:xo..xo..xo..xo..xo..",
        ),
        "jazz": (
            "d:X...x.xxx...X...x.xx|p:....x...x.......x...|k:o...........o.......",
            "d:X...x.x.x.xxX...x...|p:....x...........x...|k:o.......o...o.......|s:..........o.........",
        ),
        "bossa": ("k:X.....x.....X.....x.|r:X..X..X.....X..X....|h:xoxoxoxoxoxoxoxoxoxo",),
        "funk": (
            "k:X.x....x....X..x....|s:....X..o.o......X..o|h:xoxoxoxoxoxoxoxoxoxo",
            "k:X..x..x.....X.x.....|s:........X.o.....X..o|h:x.xox.xox.xox.xox.xo",
        ),
        "folk": (
            "k:X...........X.......|s:....o...o.......o...|h:....x...x.......x...",
            "k:X.........x.X.......|r:........x.......x...|h:x.x.x.x.x.x.x.x.x.x.",
        ),
        "cinematic": ("k:X...........X.....x.|t:X..o..o.X.o.X..o.ooo",),
    },
    "6/8": {
        "backbeat": ("k:X.........x.|s:......X.....|h:x.x.x.x.x.x.", "k:X...x.....x.|s:......X....o|h:x.x.x.x.x.x."),
        "rock": ("k:X...X.....X.|s:......X.....|h:X.x.x.X.x.x.", "k:X.X.........|s:......X....o|h:X.x.x.X.x.x."),
        "hop": ("k:X..x......x.|s:......X.....|h:x.x.xox.x.x.", "k:X.....o...x.|s:......X..o..|h:x.xox.x.x.xo"),
        "four": ("k:X.....X.....|c:......X.....|o:....x.....x.|h:x.x...x.x...",
                 "k:X...x.X...x.|c:......X.....|h:x.x.x.x.x.x."),
        "jazz": ("d:X...x.X...x.|p:......x.....|k:o...........",
                 "d:X...x.X.x.x.|p:......x.....|k:o.....o.....|s:....o......."),
        "bossa": ("k:X.....x.....|r:X...X...X...|h:xoxoxoxoxoxo", "k:X.....x.....|r:X..X..X.X...|h:xoxoxoxoxoxo"),
        "funk": ("k:X.x.....x...|s:......X..o.o|h:xoxoxoxoxoxo", "k:X...x..x..x.|s:......X...o.|h:x.xox.x.xox."),
        "folk": ("k:X...........|s:......o.....|h:x...x.x...x.", "k:X.....x.....|r:......x.....|h:x.x.x.x.x.x."),
        "cinematic": ("k:X.......x...|t:X.o.o.X.o.oo", "k:X.....X.....|t:X...o.X...oo"),
    },
    "7/8": {
        "backbeat": ("k:X.......x.....|s:....X.......X.|h:x.x.x.x.x.x.x.",
                     "k:X.....x.......|s:........X.....|h:x.x.x.x.x.x.x."),
        "rock": ("k:X...X.......x.|s:........X.....|h:X.x.X.x.X.x.x.",
                 "k:X.x.....X.....|s:....X.......X.|h:X.x.X.x.X.x.x."),
        "hop": ("k:X..x....x.....|s:....X.......X.|h:x.x.xox.x.x.xo",
                "k:X.....x.......|s:........X..o..|h:x.xox.x.x.x.x."),
        "four": ("k:X...X...X.....|c:........X.....|o:..x...x...x.x.",
                 "k:X...X...X...x.|c:....X.......X.|h:x.x.x.x.x.x.x."),
        "jazz": ("d:X...x.x.X...x.|p:....x.......x.|k:o.......o.....",
                 "d:X.x.X.x.X.x.x.|p:....x.......x.|k:o.............|s:......o......."),
        "bossa": ("k:X...x...X.....|r:X..X..X.X...X.|h:xoxoxoxoxoxoxo",),
        "funk": ("k:X.x.....X..x..|s:....X..o....X.|h:xoxoxoxoxoxoxo",
                 "k:X..x..x.......|s:........X..o.o|h:x.xox.xox.xox."),
        "folk": ("k:X.......x.....|s:....o.......o.|h:..x...x...x.x.",
                 "k:X.............|r:....x...x.....|h:x.x.x.x.x.x.x."),
        "cinematic": ("k:X.......X.....|t:X.o.X.o.X.o.oo",),
    },
}  # fmt: skip

_BASS: dict[str, dict[str, Rhythms]] = {
    "3/4": {
        "eighths": ("R-R-R-R-R-R-", "R-R-R-R-5-A-"), "pulse": ("R-----R-5---", "R---....R-A-"),
        "long": ("R-----------", "R-------5---"), "lofi": ("R-----..R-A-", "R---..R-....", "R------R..5-"),
        "offbeat": ("..R-..R-..R-", "..R-..8-..RA"), "octaves": ("R.8.R.8.R.8.", "R.R.8.R.5.A."),
        "walk": ("W---W---A---",), "bossa": ("R--5----5---", "R-----5--R--"),
        "funk": ("R..R..8.R.A.", "R.R...8..5.A"), "reggae": ("R-..R-5-..A-",),
        "root_five": ("R-------5---", "R---....5-A-"),
    },
    "5/4": {
        "eighths": ("R-R-R-R-R-R-R-R-R-R-", "R-R-R-R-R-R-5-5-R-A-"),
        "pulse": ("R-----R-....5-----A-", "R---....R-..5---R-A-"),
        "long": ("R-----------5-------", "R-------------------"),
        "lofi": ("R-----..R-..5-----A-", "R---..R-....R-..5-.."),
        "offbeat": ("..R-..R-..R-..R-..R-",), "octaves": ("R.8.R.8.R.8.R.8.5.A.",), "walk": ("W---W---W---W---A---",),
        "bossa": ("R-----5-----R--5----",), "funk": ("R..R..8.R...5..5..A.", "R.R...8...R.R..8.5.A"),
        "reggae": ("R-..R-5-....8-..5-A-",), "root_five": ("R-------5---R---5---", "R---....5---R---A---"),
    },
    "6/8": {
        "eighths": ("R-R-R-R-R-R-", "R-R-R-R-5-A-"), "pulse": ("R-----R---A-", "R---R-R-----"),
        "long": ("R-----------", "R-----5-----"), "lofi": ("R-----..5-A-", "R---R-....5-"),
        "offbeat": ("..R-R-..R-R-",), "octaves": ("R...8.R...8.", "R.8.R.8.R.8."),
        "walk": ("W-----W---A-", "W-----A-----"),
        "bossa": ("R---5-R---5-",), "funk": ("R..R..8...5A", "R.R...R..8.A"), "reggae": ("R-..R-5-..8-",),
        "root_five": ("R-----5-----", "R-----5---A-"),
    },
    "7/8": {
        "eighths": ("R-R-R-R-R-R-R-", "R-R-R-R-8-5-A-"), "pulse": ("R-----R-5---A-", "R---R---R---A-"),
        "long": ("R-------------", "R-------5-----"), "lofi": ("R---..R-5---A-", "R-----..R---5-"),
        "offbeat": ("..R-..R-..R-R-",), "octaves": ("R.8.R.8.R.8.8.",), "walk": ("W---W---W---A-",),
        "bossa": ("R--5----5---R-",), "funk": ("R..R..8.R..5A.", "R.R...8.R...5A"), "reggae": ("R-..R-5-8---A-",),
        "root_five": ("R---....5-----", "R-------5---A-"),
    },
}  # fmt: skip

_CHORDS: dict[str, dict[str, Rhythms]] = {
    "3/4": {
        "push": ("x-----x-----", "x---x---x---", "x-----x-..x-"), "halves": ("x-------x---", "x-----------"),
        "eighths": ("X-x-X-x-X-x-",), "stabs": ("....x...x...", "..x...x...x."),
        "lofi": ("x-----..x---", "x---..x-----"),
        "charleston": ("x-....x.....", "....x...x...", "......x...x-"), "bossa": ("x-.x-.x-.x-.", "x-..x-.x-..."),
        "funk": ("X..x..xx..x.", "..x.x..x.xx."), "strum": ("X---x---x-x-", "X---x-x-x-x-"),
        "picking": ("1-2-3-4-3-2-", "1-3-2-4-3-2-"), "arpeggio": ("1-2-3-4-3-2-", "1-3-5-4-3-2-"),
    },
    "5/4": {
        "push": ("x-----x-----x-------", "x-----x-....x---x---"), "halves": ("x-----------x-------",),
        "eighths": ("X-x-x-x-x-x-X-x-x-x-",), "stabs": ("..x...x...x...x...x.", "....x...x.......x..."),
        "lofi": ("x-----..x---x-----..", "x---..x-----..x-----"),
        "charleston": ("x-....x.....x-....x.", "......x...x-..x....."),
        "bossa": ("x-.x-.x-.x-.x-.x-...",), "funk": ("X..x..xx..x.X..x..x.",),
        "strum": ("X---x-x-x-x-X---x-x-",), "picking": ("1-3-2-4-3-2-1-3-4-2-", "1-2-3-4-3-2-1-4-3-2-"),
        "arpeggio": ("1-2-3-4-5-4-1-3-5-3-",),
    },
    "6/8": {
        "push": ("x-----x-----", "x---x-x---x-", "x---x-------"), "halves": ("x-----x-----", "x-----------"),
        "eighths": ("X-x-x-X-x-x-",), "stabs": ("..x-x-..x-x-", "....x.....x."),
        "lofi": ("x-----..x---", "x---x-----.."),
        "charleston": ("x-..x.......", "....x.....x-", "x-......x..."), "bossa": ("x-.x-.x-.x-.",),
        "funk": ("X..x..X..xx.", "..x.x...x.x."), "strum": ("X---x-X-x-x-", "X---x-x---x-"),
        "picking": ("1-2-3-4-3-2-", "1-3-4-5-4-3-"), "arpeggio": ("1-2-3-5-3-2-", "1-3-2-4-3-2-"),
    },
    "7/8": {
        "push": ("x-----x-x-----", "x---x---x-----", "x-----..x---x-"), "halves": ("x-------x-----",),
        "eighths": ("X-x-X-x-X-x-x-",), "stabs": ("..x...x...x.x.", "....x...x....."),
        "lofi": ("x---..x-x-----", "x-----..x-----"),
        "charleston": ("x-....x.....x-", "......x.x....."), "bossa": ("x-.x-.x-x-..x-",), "funk": ("X..x..xxX..x..",),
        "strum": ("X---x-x-X-x-x-", "X-x-x---X---x-"), "picking": ("1-3-2-4-1-3-2-", "1-2-3-2-4-3-2-"),
        "arpeggio": ("1-2-3-2-4-5-3-",),
    },
}  # fmt: skip

_PERCUSSION: dict[str, Rhythms] = {
    "3/4": ("b:xoXoxoXoxoXo", "t:....x...x...|b:x.X.x.X.x.X."),
    "5/4": ("b:xoXoxoXoxoXoxoXoxoXo", "n:x..x..x.....x..x....|b:x.X.x.X.x.X.x.X.x.X."),
    "6/8": ("b:Xoxoxoxoxoxo", "n:x...x.x...x.|b:X.x.x.X.x.x."),
    "7/8": ("b:xoxoxoxoxoxoxo", "n:x..x..x.x...x.|b:X.x.X.x.X.x.x."),
}

_MELODY: dict[str, dict[str, Rhythms]] = {
    "3/4": {
        "calm": ("x-------x---", "x-----------", "x---x-------", "....x---x---"),
        "singing": ("x---x-x-x---", "x-x-x---x-x-", "x-----x-x---", "..x-x-x-x---"),
        "busy": ("x-x-x-x-x---", "x-xxx-x-x-x-", "x--x--x-x-..", "..xxx-x-x-xx"),
    },
    "5/4": {
        "calm": ("x-------x---x-------", "x-----------x-------", "x---x-------....x---"),
        "singing": ("x---x-x-x---x-------", "x-x-x---x---x---....", "x-----x-x---x-x-x---"),
        "busy": ("x-xxx-x-x---x-x-x---", "x-x-x-x-x-x-x-xxx---", "..x-x-xxx---x--x--x-"),
    },
    "6/8": {
        "calm": ("x-----x-----", "x---x-------", "x-----------", "x-------x---"),
        "singing": ("x---x-x-----", "x-x-x-x---x-", "x---x-x---..", "..x-x-x-----"),
        "busy": ("x-x-x-x-x-x-", "x-xxx-x-x-..", "x---xxx-x-x-", "..x-xxx-x-x-"),
    },
    "7/8": {
        "calm": ("x-------x-----", "x---x---------", "x-------------"),
        "singing": ("x---x---x-x---", "x-x-x---x-----", "x---x-x-x---.."),
        "busy": ("x-x-x-x-x-x-x-", "x-xxx-x-x-x-..", "x---x-xxx-x-x-"),
    },
}  # fmt: skip


def own_bar(meter: Meter) -> tuple[str, int]:
    """The bar whose grooves this meter plays, and how often it plays them: 12/8 is twice 6/8; ('', 0) if none."""
    for name in ("6/8", "3/4", "5/4", "7/8"):
        count, unit = (int(part) for part in name.split("/"))
        times = meter.count // count
        if meter.unit == unit and meter.count % count == 0 and times in (1, 2):
            return name, times
    return "", 0


def drums(name: str, meter: Meter) -> Rhythms:
    """The drum grooves of that name for a bar of `meter`; those of 4/4 where there are none of its own."""
    return _own(_DRUMS, name, meter) or grooves.DRUMS[name]


def bass(name: str, meter: Meter) -> Rhythms:
    return _own(_BASS, name, meter) or grooves.BASS[name]


def chords(name: str, meter: Meter) -> Rhythms:
    return _own(_CHORDS, name, meter) or grooves.CHORDS[name]


def melody(pace: str, meter: Meter) -> Rhythms:
    return _own(_MELODY, pace, meter) or grooves.MELODY[pace]


def percussion(meter: Meter) -> Rhythms:
    bar, times = own_bar(meter)
    return tuple(_repeated(each, times) for each in _PERCUSSION[bar]) if bar else grooves.PERCUSSION


def _own(table: dict[str, dict[str, Rhythms]], name: str, meter: Meter) -> Rhythms:
    bar, times = own_bar(meter)
    found = table.get(bar, {})
    chosen = found.get(name) or found.get(_FAMILIES.get(name, ""), ())
    return tuple(_repeated(each, times) for each in chosen)


def _repeated(groove: str, times: int) -> str:
    """Each line of a groove so many times over."""
    if times == 1:
        return groove
    lines = [line.split(":") for line in groove.split("|")]
    return "|".join(f"{each[0]}:{each[1] * times}" if len(each) == 2 else each[0] * times for each in lines)
