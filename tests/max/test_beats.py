"""Script and bridge put the same beat on the same sample."""

import json
import random
import subprocess
from fractions import Fraction

from daw_scripts.max.script import FOLDER
from tests.max.test_device_script import node

PROGRAM = """
const beats = require(process.argv[1] + "/beats.js");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([beat, tempo, rate]) => beats.samples(beat, tempo, rate))));
"""


def test_a_beat_is_the_same_sample_in_script_and_bridge():
    chance = random.Random(4)
    cases = [
        (chance.choice([chance.uniform(0, 100_000), chance.randrange(0, 400_000) / 4]), tempo, rate)
        for tempo in (20.0, 60.0, 97.5, 120.0, 133.33, 999.0)
        for rate in (22_050, 44_100, 48_000, 192_000)
        for _ in range(40)
    ]
    told = subprocess.run(
        [node(), "-e", PROGRAM, str(FOLDER)], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == [round(beat * 60 / tempo * rate) for beat, tempo, rate in cases]
    for (beat, tempo, rate), sample in zip(cases, json.loads(told.stdout), strict=True):
        assert abs(Fraction(beat) * 60 / Fraction(tempo) * rate - sample) <= Fraction(501, 1000)
