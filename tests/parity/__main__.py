"""Compare our ACE-Step v1 with vectors recorded from the reference: `python -m tests.parity DIR [--vocab FILE]`.

Prints a line for every case, with the largest difference and the tensor that is nearest to its tolerance; then what
was not run; then a summary. Exits 1 if a case fails, 2 if nothing could be run at all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.parity.case import Folder
from tests.parity.comparison import Outcome
from tests.parity.kinds import run_case


def line(outcome: Outcome, seconds: float) -> str:
    """A case in one line."""
    verdict = "FAIL" if outcome.failed else "pass" if outcome.passed else "not run"
    worst = outcome.worst
    if outcome.reason or worst is None:
        return f"{outcome.case:<34} {verdict:<7} {outcome.reason or 'nothing to compare'}"
    absolute = max(found.absolute for found in outcome.differences)
    relative = max(found.relative for found in outcome.differences)
    numbers = f"abs {absolute:8.1e}  rel {relative:8.1e}  {len(outcome.differences):4d} compared  {seconds:5.1f} s"
    return f"{outcome.case:<34} {verdict:<7} {numbers}  worst: {worst.name} {worst.remark}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every case of a folder. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("dir", type=Path, help="a folder with index.json")
    parser.add_argument("--vocab", type=Path, help="vocab.json of the lyric tokenizer")
    parser.add_argument("--case", action="append", help="run only this case (may be repeated)")
    chosen = parser.parse_args(arguments)
    if not (chosen.dir / "index.json").is_file():
        parser.error(f"{chosen.dir} is no folder of recorded cases: it holds no index.json")
    folder = Folder(chosen.dir, chosen.vocab)
    if strange := sorted(set(chosen.case or ()) - set(folder.names)):
        parser.error(f"there is no case {', '.join(strange)}; there are: {', '.join(folder.names)}")
    outcomes = []
    for name in chosen.case or folder.names:
        began = time.perf_counter()
        outcome = run_case(folder, name)
        print(line(outcome, time.perf_counter() - began), flush=True)
        for found in outcome.differences:
            if not found.passed:
                print(f"    {found.name}: abs {found.absolute:.2e}, rel {found.relative:.2e} {found.remark}")
        for note in outcome.notes:
            print(f"    {note}")
        if outcome.unknown:
            print(f"    not run, no code for: {', '.join(outcome.unknown)}")
        outcomes.append(outcome)
    failed = [outcome.case for outcome in outcomes if outcome.failed]
    skipped = [outcome.case for outcome in outcomes if not outcome.failed and not outcome.passed]
    unknown = sum(len(outcome.unknown) for outcome in outcomes)
    passed = len(outcomes) - len(failed) - len(skipped)
    print(f"\n{passed} passed, {len(failed)} failed, {len(skipped)} not run; parts of cases not run: {unknown}")
    for title, names in (("failed", failed), ("not run", skipped)):
        if names:
            print(f"{title}: {', '.join(names)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
