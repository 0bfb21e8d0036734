"""The demo itself: the jobs one after the other, then everything is measured on the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge_server.demo import promises
from bridge_server.demo.folder import clean_folder, remember_contents
from bridge_server.demo.measure import loudness, read_samples
from bridge_server.demo.plan import Errand, Planner
from bridge_server.demo.promises import Promise, Sound, sound_of
from bridge_server.demo.song import Song, copy_song, read_song
from bridge_server.demo.stage import Cancelling, Listener, Outcome, Stage, stage

Announce = Callable[[Errand], Listener]
"""Called when a job begins; returns who hears its events."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One file of a result.

    null_test  largest difference outside the selection, measured; None where there is no track to compare with
    before, around, after  loudness in LUFS of what was there, of what lies around it, of the new audio; None where
                           there is nothing
    """

    title: str
    seed: int
    path: str
    samples: int
    null_test: float | None = None
    before: float | None = None
    around: float | None = None
    after: float | None = None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the demo made and found."""

    song: Song
    folder: Path
    rows: tuple[Row, ...]
    cancelling: Cancelling
    promises: tuple[Promise, ...]

    @property
    def is_kept(self) -> bool:
        return all(promise.is_kept for promise in self.promises)


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of every job."""

    repainted: Outcome
    variants: Outcome
    extended: Outcome
    layered: Outcome
    cancelling: Cancelling
    again: Outcome

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return (self.repainted, self.variants, self.extended, self.layered, self.again)


def play(keep: Path, announce: Announce) -> Report:
    """Work on the song in a folder of its own, and leave the takes there.

    Raises OutsideProject for a folder with other things in it, ReadOnly, NoBridge, and what a job fails with.
    """
    folder = clean_folder(keep)
    song = read_song()
    try:
        tracks = copy_song(folder / "song")
        hashes = {role: promises.file_hash(path) for role, path in tracks.items()}
        planner = Planner(song, tracks, project=folder, folder=folder / "takes")
        with stage() as theatre:
            played = _play_all(theatre, planner, announce)
    finally:
        remember_contents(folder)
    sounds = {
        outcome.errand.job: [sound_of(outcome.errand, take) for take in outcome.takes]
        for outcome in (played.repainted, played.variants, played.extended, played.again)
    }
    kept = _promises(played, sounds, song, folder)
    kept.insert(0, promises.originals_unchanged(tracks, hashes))
    rows = tuple(row for outcome in played.outcomes for row in _rows(outcome, sounds.get(outcome.errand.job, [])))
    return Report(song=song, folder=folder, rows=rows, cancelling=played.cancelling, promises=tuple(kept))


def _play_all(theatre: Stage, planner: Planner, announce: Announce) -> Played:
    def run(errand: Errand) -> Outcome:
        return theatre.run(errand, announce(errand))

    repainted, variants, extended = run(planner.repaint()), run(planner.variants()), run(planner.extend())
    layered = run(planner.layer())
    long = planner.long()
    cancelling = theatre.cancel(long, announce(long))
    again = run(planner.again(repainted.errand, repainted.takes[0].path))
    return Played(
        repainted=repainted,
        variants=variants,
        extended=extended,
        layered=layered,
        cancelling=cancelling,
        again=again,
    )


def _promises(played: Played, sounds: dict[str, list[Sound]], song: Song, folder: Path) -> list[Promise]:
    repainted, again = sounds[played.repainted.errand.job], sounds[played.again.errand.job]
    variants, extended = sounds[played.variants.errand.job], sounds[played.extended.errand.job]
    placed = [*repainted, *variants, *extended]
    layer, _ = read_samples(played.layered.takes[0].path)
    return [
        promises.null_test(placed),
        promises.inside_is_new([*repainted, *variants]),
        promises.exact_lengths(played.outcomes),
        promises.same_again(repainted[0].after, again[0].after),
        promises.variants_differ([sound.new for sound in variants]),
        promises.loudness_kept(placed),
        promises.no_clicks(placed),
        promises.layer_on_the_grid(layer, song.beat_samples, song.rate),
        promises.cancel_is_quick(played.cancelling),
        promises.nothing_half_written(folder / "takes" / played.cancelling.errand.job),
        promises.recipes_are_inside(played.outcomes),
    ]


def _rows(outcome: Outcome, sounds: list[Sound]) -> list[Row]:
    if not sounds:
        return [_row_of_layer(outcome)]
    return [
        Row(
            title=outcome.errand.title,
            seed=sound.take.seed,
            path=sound.take.path,
            samples=sound.take.samples,
            null_test=sound.null_test,
            before=loudness(sound.before[sound.start : sound.end], sound.rate)
            if len(sound.before) == len(sound.after)
            else None,
            around=sound.loudness_around,
            after=loudness(sound.new, sound.rate),
            seconds=outcome.seconds,
        )
        for sound in sounds
    ]


def _row_of_layer(outcome: Outcome) -> Row:
    """A layer has nothing around it: it plays along with other tracks."""
    take = outcome.takes[0]
    audio, rate = read_samples(take.path)
    return Row(
        title=outcome.errand.title,
        seed=take.seed,
        path=take.path,
        samples=take.samples,
        after=loudness(audio, rate),
        seconds=outcome.seconds,
    )
