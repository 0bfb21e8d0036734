"""Grooves: rhythms in sixteenths, our own, for drums, bass and chords. `meter.lay_out` fits them to any bar.

Drums: one line per drum, 'k' kick, 's' snare, 'r' rim, 'c' clap, 'h' hat, 'o' open hat, 'd' ride, 'p' pedal hat;
'X' accent, 'x' plain, 'o' ghost. Bass: 'R' root, '5' fifth, '8' octave, '3' third, 'A' step towards the next root,
'W' a note of a walking line.
Chords: 'X' and 'x' the chord, '1' … '5' one of its voices from below; '-' holds.
"""

from __future__ import annotations

DRUMS: dict[str, tuple[str, ...]] = {
    "backbeat": (
        "k:X.......x.x.....|s:....X.......X...|h:x.x.x.x.x.x.x.x.",
        "k:X.....x.x.......|s:....X.......X..o|h:x.x.x.x.x.x.x.x.",
        "k:X..x......x.....|s:....X..o.o..X...|h:x.x.x.x.x.x.x.x.",
    ),
    "rock": (
        "k:X.......X.x.....|s:....X.......X...|h:X.x.X.x.X.x.X.x.",
        "k:X.x.....X..x....|s:....X.......X...|h:X.x.X.x.X.x.X.x.",
        "k:X.....x.X.x.....|s:....X.......X..o|h:X.x.X.x.X.x.X.x.",
    ),
    "metal": (
        "k:XxxxX.xxXxxxX.xx|s:....X.......X...|d:X...X...X...X...",
        "k:X.xxX.x.X.xxX.x.|s:....X.......X...|d:X.x.X.x.X.x.X.x.",
    ),
    "lofi": (
        "k:X......x..x.....|s:....X.......X...|h:x.x.x.xox.x.x.x.",
        "k:X.......x..x....|s:....X..o....X...|h:x.xox.x.x.x.x.xo",
        "k:X.....x...x..x..|s:....X.......X..o|h:x.x.xox.x.x.x.x.",
    ),
    "boombap": (
        "k:X.....x..xx.....|s:....X.......X...|h:x.x.x.x.x.x.x.x.",
        "k:X..x......x..x..|s:....X..o....X..o|h:x.x.x.x.x.x.x.xo",
        "k:X.x.......x.....|s:....X....o..X...|h:x.xox.x.x.x.x.x.",
    ),
    "trap": (
        "k:X......x..x.....|c:........X.......|h:x.x.x.x.xoxox.x.",
        "k:X.....x.....x...|c:........X.......|h:x.xxx.x.x.x.xoxo",
        "k:X..x......x..x..|c:........X.......|h:x.x.xoxxx.x.x.x.",
    ),
    "four": (
        "k:X...X...X...X...|c:....X.......X...|o:..x...x...x...x.|h:x...x...x...x...",
        "k:X...X...X...X...|c:....X.......X...|o:..x...x...x...x.|h:x..xx...x..xx...",
        "k:X...X...X...X..o|c:....X.......X...|o:..x...x...x...x.|h:xo..xo..xo..xo..",
    ),
    "techno": (
        "k:X...X...X...X...|h:..x...x...x...x.|c:....x.......x...|r:...o..o....o..o.",
        "k:X...X...X...X...|h:xoxoxoxoxoxoxoxo|o:..x...x...x...x.|r:......o.......o.",
    ),
    "jazz": (
        "d:X...x.xxX...x.xx|p:....x.......x...|k:o.......o.......",
        "d:X...x.x.X...x.xx|p:....x.......x...|k:o.....o.o.......|s:......o.........",
        "d:X...x.xxX...x.x.|p:....x.......x...|k:o.......o.....o.|s:..........o.....",
    ),
    "brushes": (
        "s:X..oX..oX..oX..o|d:x...x.x.x...x.x.|p:....x.......x...|k:o.......o.......",
        "s:x.o.X.o.x.o.X.o.|d:x...x...x...x.x.|p:....x.......x...|k:o.......o.......",
    ),
    "bossa": (
        "k:X..xX..xX..xX..x|r:X..X..X...X..X..|h:xoxoxoxoxoxoxoxo",
        "k:X..xX..xX..xX..x|r:..X...X..X..X...|h:xoxoxoxoxoxoxoxo",
    ),
    "funk": (
        "k:X.x....x..x..x..|s:....X..o.o..X..o|h:xoxoxoxoxoxoxoxo",
        "k:X..x..x...x.....|s:....X..o.o.oX...|h:x.xox.xox.xox.xo",
        "k:X.....x..x....x.|s:....X.o....oX..o|h:xoxxxoxxxoxxxoxx",
    ),
    "reggae": (
        "k:........X.......|r:........X.......|h:x.x.x.x.x.x.x.x.",
        "k:........X.......|r:........X.....o.|h:xox.xox.xox.xox.",
    ),
    "folk": (
        "k:X.......X.......|s:....o.......o...|h:..x...x...x...x.",
        "k:X.....x.X.......|r:....x.......x...|h:x.x.x.x.x.x.x.x.",
    ),
    "ballad": (
        "k:X.......x.......|r:....x.......x...|h:x...x...x...x...",
        "k:X......x........|r:....x.......x...|h:x.x.x.x.x.x.x.x.",
    ),
    "cinematic": (
        "k:X.......x.....x.|t:X..o..o.X..o..oo",
        "k:X.....x.X.......|t:X.o.o.X.o.o.X.oo",
    ),
    "breaks": (
        "k:X.X.......X.....|s:....X..o.o..X..o|h:x.x.x.x.x.x.x.x.",
        "k:X.X......xX.....|s:....X..o.o....X.|d:x.x.x.x.x.x.x.x.",
    ),
    "shuffle": (
        "k:X.......x.....x.|s:....X.......X...|d:x.x.x.x.x.x.x.x.",
        "k:X......xx.......|s:....X.......X..o|h:x..xx..xx..xx..x",
    ),
    "ambient": ("d:o...............|b:....o.......o...",),
}

BASS: dict[str, tuple[str, ...]] = {
    "eighths": ("R-R-R-R-R-R-R-R-", "R-R-R-R-R-R-5-A-", "R-R-R-R-R-8-R-5-"),
    "pulse": ("R-----R-R-----5-", "R-----R-R---5-A-", "R---....R-R-..A-"),
    "long": ("R--------------.", "R-------R-----5-", "R-----------5---"),
    "lofi": ("R-----..R-..5-..", "R------R..R-..A-", "R----.8.R-..5-A-"),
    "sub": ("R------...R-....", "R-----R---......", "R--R------R-..A-"),
    "offbeat": ("..R-..R-..R-..R-", "..R-..R-..8-..R-", "..R-..R-..R-..RA"),
    "acid": ("R.RR.8R.R.R8.RR.", "R.R.8.RR.R.R8.5.", "RR.R.R8.R.RR.8.R"),
    "octaves": ("R.8.R.8.R.8.R.8.", "R.8.R.8.R.8.R.8A"),
    "walk": ("W---W---W---A---",),
    "bossa": ("R--5----5--R----", "R--55---5--RR---"),
    "funk": ("R..R..8.R...5.A.", "R.R...8...R..5.A", "R...R..8..R.5...", "R..8..R..R...R5A"),
    "reggae": ("R-..R-5-..R-8-..", "..R-R-..5-R-..A-"),
    "root_five": ("R---....5---....", "R---....5---..A-"),
}

CHORDS: dict[str, tuple[str, ...]] = {
    "hold": ("x---------------",),
    "halves": ("x-------x-------", "x-------x-----x-"),
    "push": ("x-----x---------", "x-----x-..x-----", "x--.x--.x-----x-"),
    "eighths": ("X-x-X-x-X-x-X-x-",),
    "lofi": ("x-----..x--.....", "x---..x-----....", "x------x--......", "..x---..x-----x-"),
    "stabs": ("..x...x...x...x.", "..x...x..x..x...", "x..x..x..x..x..."),
    "offbeat": ("..x...x...x...x.",),
    "charleston": ("x-....x.........", "......x.......x-", "..x...........x-", "x-....x.....x..."),
    "bossa": ("x-.x-.x-..x-.x-.", "x-..x-.x-.x-..x-"),
    "funk": ("X..x..xx..x.X.x.", "..x.x..x..xx..x.", "X.xx.x..X.x..xx."),
    "skank": ("....x.......x...",),
    "strum": ("X---x-x-.-x-x-x-", "X---x---x-x-x-x-", "X-..x-x-..x-x-x-"),
    "picking": ("1-3-2-4-1-3-2-4-", "1-2-3-4-3-2-3-2-", "1-4-3-2-1-4-3-2-"),
    "arpeggio": ("1-2-3-4-5-4-3-2-", "1-3-2-4-3-5-4-3-"),
    "sixteenths": ("1.2.3.2.4.2.3.2.", "123.212.343.212."),
    "chug": ("X-xxX-xxX-xxX-xx", "X-x-X.xxX-x-X.xx"),
}

PERCUSSION: tuple[str, ...] = (
    "b:xoXoxoXoxoXoxoXo",
    "b:x.X.x.X.x.X.x.X.|n:...x..x....x..x.",
    "t:..x...x...x...x.|b:xoxoxoxoxoxoxoxo",
    "n:x..x..x...x.x...|m:......x.......xx",
)

MELODY: dict[str, tuple[str, ...]] = {
    "calm": ("x-------x---....", "x---x-------....", "....x---x-------", "x-----------x---", "..x-----x---x---"),
    "singing": ("x---x-x---x-....", "x-x-x---x-------", "..x-x-x-x---....", "x-----x-x---x---", "x---....x-x-x---"),
    "busy": ("x-xxx-x-x-x-x---", "x.x.xxx.x.x-....", "x-x-xx..x-xxx---", "..xxx-x-..xxx---", "x--x--x-x--x--x-"),
}
