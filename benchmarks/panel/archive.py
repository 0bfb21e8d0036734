"""A year of work in a journal: many takes, as they would lie there."""

from __future__ import annotations

import random
from contextlib import closing

from bridge_server.home import Home
from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Loudness, Music, Part, Stem, Take

RATE = 48_000
ROLES = ("drums", "bass", "keys", "pad", "lead")
WORDS = (
    "lofi",
    "rhodes",
    "funk",
    "slap bass",
    "waltz",
    "strings",
    "bossa nova",
    "dub techno",
    "choir",
    "brass",
    "pads",
)
LYRICS = "[verse]\nStreetlights flicker on the avenue\nEvery window keeps a different view\n" * 6


def fill(home: Home, takes: int) -> None:
    """Two takes a job, four projects, six verses and five stems each."""
    chance = random.Random(1)
    with closing(Journal(home.journal)) as journal, journal.transaction():
        for number in range(takes // 2):
            request = Generate(
                job=f"archive-{takes}-{number:05d}",
                span=Span(0, 10 * RATE, RATE),
                project=f"/music/Project {number % 4}",
                tags=", ".join(chance.sample(WORDS, 5)),
                lyrics=LYRICS,
                music=Music(bpm=float(chance.randrange(60, 180))),
                variants=2,
            )
            journal.add(Job(request=request, client="reaper", door="mailbox", state="done"), fingerprint(request))
            for one in (1, 2):
                journal.keep_take(take_of(request, one, seed=chance.randrange(2**32)), request.project)


def take_of(request: Generate, number: int, seed: int) -> Take:
    folder = f"{request.project}/Dawbridge/{request.job}"
    path, frames = f"{folder}/take-{number}.wav", request.span.length
    stems = tuple(Stem(role=role, path=f"{folder}/take-{number}.stems/{role}.wav") for role in ROLES)
    part = Part(
        path=path,
        samples=frames,
        span=request.span,
        timeline=0,
        loudness=Loudness(after=-18.0, surroundings=-18.1, before=-17.0, gain_db=1.0),
        stems=stems,
    )
    return Take(
        job=request.job,
        number=number,
        path=path,
        seed=seed,
        sample_rate=RATE,
        samples=frames,
        channels=2,
        span=request.span,
        backend="sketch",
        parts=(part,),
        notes=("key heard: D major",),
    )
