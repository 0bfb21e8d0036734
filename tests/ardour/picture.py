"""Take the picture for docs/ARDOUR.md in the real Ardour: `python -m tests.ardour.picture docs/images/ardour.png`.

A voice, two variants of four bars of it on the track below, their notes below that, and the form for the next one.
Needs ImageMagick.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.ardour.program import screen
from tests.ardour.studio import Studio
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until

RATE = 48_000
SIZE = "1350x640+0+0"


def main(target: str) -> None:
    root = Path(tempfile.mkdtemp())
    home = root / "dawbridge"
    home.mkdir()
    with screen() as display, BridgeProcess(home) as bridge:
        bridge.wait_for_engine()
        studio = Studio(root, root / "Song", RATE, display, home)
        studio.open()
        try:
            arrange(studio)
            studio.ardour.press("repaint")
            window = studio.ardour.dialog("Dawbridge: Repaint")
            studio.ardour.move(window, 640, 250)
            time.sleep(2.0)  # it is drawn anew
            studio.ardour.picture(root / "whole.png")
            studio.ardour.keys(window, "Escape")
            studio.until_closed()
        finally:
            studio.close()
    # A screen holds few colours; a palette makes a small file.
    command = [
        "convert",
        str(root / "whole.png"),
        "-crop",
        SIZE,
        "+repage",
        "+dither",
        "-colors",
        "96",
        f"png8:{target}",
    ]
    subprocess.run(command, check=True, timeout=60)


def arrange(studio: Studio) -> None:
    studio.bring(studio.sound("voice.wav", 22, RATE), "Voice", 2 * RATE)
    studio.bring(studio.sound("drums.wav", 26, RATE, seed=1), "Drums", 0)
    studio.ardour.ask(
        "Session:locations():add_range(Temporal.timepos_t(86400), Temporal.timepos_t(604800))"
        "for mark in Session:locations():list():iter() do"
        '  if mark:is_range_marker() and mark:start():samples() == 86400 then mark:set_name("Verse 1") end '
        "end"
    )
    before = studio.regions()
    studio.ardour.select("Voice", 345_600, 691_200)
    tags = "lofi, rhodes, brushed drums, no pad, no lead, no keys"
    studio.ask_for("repaint", "Repaint", variants="2", tags=tags, midi="yes")
    until(lambda: len(studio.regions()) > len(before) + 2, 90, "sound and notes lie there")
    studio.ardour.select("Voice", 345_600, 691_200)
    studio.remember(tags="lofi, rhodes, brushed drums", lyrics="Morgenrot | over the sea", key="D minor", variants="2")


if __name__ == "__main__":
    main(sys.argv[1])
