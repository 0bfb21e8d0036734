"""What comes with the base install alone: the engine starts and sketch plays, where no library of a model is there."""

from __future__ import annotations

import subprocess
import sys

ABSENT = ("torch", "tokenizers", "transformers", "diffusers", "huggingface_hub", "peft", "accelerate", "pyworld")
STARTS = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError("No module named " + name)
sys.meta_path.insert(0, Missing())
from engine import server
from engine.backends import registry
from engine.backends.sketch import SketchBackend
from tests.engine.sketch_work import generate
from engine.watch import Watch
(take,) = SketchBackend().render(generate("lofi", 2), (1,), Watch())
assert take.stems
"""


def test_sketch_plays_without_the_libraries_of_the_models() -> None:
    done = subprocess.run([sys.executable, "-c", STARTS.format(absent=ABSENT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
