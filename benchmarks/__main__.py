"""`python -m benchmarks [SUITE …] [--write]`: the figures of the budget, measured here and now."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import load, region, wire
from benchmarks.table import Row, machine, markdown


def model_rows() -> list[Row]:
    """Imported only when it is asked for: the bridge's own suites run without torch."""
    from benchmarks.ace_v1 import rows as suite

    return suite.rows()


def stem_rows() -> list[Row]:
    """Imported only when it is asked for, like the other model."""
    from benchmarks.ace_15 import rows as suite

    return suite.rows()


def daw_rows() -> list[Row]:
    """The scripts of every host: REAPER's and Live's in fakes, Ardour's in Ardour where it is installed."""
    from benchmarks.daw import ardour, live, reaper, reaper_panel, remote_script

    return [row for suite in (reaper, reaper_panel, live, remote_script, ardour) for row in suite.rows()]


def panel_rows() -> list[Row]:
    """Imported only when it is asked for: it needs the panel's extra, and a browser for its page."""
    from benchmarks.panel import rows as suite

    return suite.rows()


def sketch_rows() -> list[Row]:
    """A quarter of an hour: 200 pieces are made and listened to."""
    from benchmarks.sketch import hearing, sound, speed, vocal

    return [*speed.rows(), *sound.rows(), *vocal.rows(), *hearing.rows()]


BRIDGE = {"wire": wire.rows, "load": load.rows, "region": region.rows}
SUITES = {
    **BRIDGE,
    "daw": daw_rows,
    "panel": panel_rows,
    "model": model_rows,
    "stems": stem_rows,
    "sketch": sketch_rows,
}
PAGE = Path(__file__).with_name("README.md")
MARK = "<!-- last run -->"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks",
        description="Measure the bridge and the scripts against their budgets, the model against a plain one.",
    )
    parser.add_argument(
        "suites", nargs="*", choices=[*SUITES, []], help=f"of {', '.join(SUITES)}; the bridge's by default"
    )
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.suites or BRIDGE:
        print(f"measuring {name} …", flush=True)
        rows += SUITES[name]()
    table = f"{machine()}\n\n{markdown(rows)}\n"
    print(f"\n{table}")
    if options.write:
        head = PAGE.read_text(encoding="utf-8").split(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{table}", encoding="utf-8")


if __name__ == "__main__":
    main()
