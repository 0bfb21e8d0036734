"""The backend as the engine sees it: what it promises, what it refuses, and that a take is always fit to be heard."""

import hashlib
import time
from typing import Any

import numpy as np
import pytest

from bridge_server.protocol.errors import BadSpan, TooLong, Unsupported
from bridge_server.protocol.requests import Edit, Generate, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from engine.backends import registry
from engine.backends.base import Backend
from engine.backends.sketch import INSTRUMENTAL, WITH_WORDS, SketchBackend
from engine.sketch.dice import Dice
from engine.sketch.score import from_latents
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KITS
from engine.watch import Cancelled, Watch
from engine.work import Rendering, Work
from tests.engine.sketch_work import (
    JOB,
    RATE,
    extend,
    generate,
    layer,
    mix,
    power,
    render,
    renders,
    repaint,
    retake,
    score,
    silence,
    span,
)  # fmt: skip


def digest(rendering: Rendering) -> str:
    whole = hashlib.sha256()
    for role, stem in rendering.stems.items():
        whole.update(role.encode() + stem.tobytes())
    return whole.hexdigest()


def test_the_registry_has_it_as_default() -> None:
    found: dict[str, Backend] = registry.backends()
    assert registry.DEFAULT in found
    assert found[registry.DEFAULT].capabilities in (INSTRUMENTAL, WITH_WORDS)


def test_it_says_what_it_is() -> None:
    assert "no AI" in INSTRUMENTAL.about
    assert "rule-based" in INSTRUMENTAL.about
    assert WITH_WORDS.lyrics
    assert not INSTRUMENTAL.lyrics
    assert "espeak-ng" in WITH_WORDS.about
    assert "edit" in INSTRUMENTAL.tasks
    assert "separate" not in INSTRUMENTAL.tasks
    assert len(STYLES) >= 8
    assert len(PITCHED) + len(KITS) >= 20


def test_the_same_seed_is_the_same_audio_whatever_was_made_before() -> None:
    work = generate("pop", 4)
    fresh = digest(next(SketchBackend().render(work, [7], Watch())))
    used = SketchBackend()
    list(used.render(generate("jazz, piano, 90 bpm", 3), [3], Watch()))
    again, other = used.render(work, [7, 8], Watch())
    assert digest(again) == fresh
    assert digest(other) != fresh


@pytest.mark.parametrize("style", list(STYLES))
def test_no_style_clips_or_breaks_at_any_seed(style: str) -> None:
    for take in renders(generate(style, 2), (0, 2**53 - 1)):
        whole = mix(take)
        assert take.stems.keys() <= set(INSTRUMENTAL.roles)
        assert all(stem.shape == (2, 2 * RATE) and stem.dtype == np.float32 for stem in take.stems.values())
        assert np.isfinite(whole).all()
        assert 0.05 < np.abs(whole).max() < 0.95
        assert np.abs(whole.mean(axis=1)).max() < 1e-3
        assert np.abs(whole[:, -1]).max() < 0.01, "ends abruptly"
        assert np.abs(np.diff(whole, axis=1)).max() < 0.6, "a click"


def test_stems_add_up_with_the_limiter_at_work() -> None:
    take = render(generate("rock, aggressive, dense", 6))
    sums = [np.sum(list(take.stems.values())[:count], axis=0) for count in range(1, len(take.stems) + 1)]
    assert np.abs(sums[-1]).max() <= 0.9
    assert all(power(stem) > 1e-4 for stem in take.stems.values())


def test_a_song_of_eight_bars_comes_to_rest() -> None:
    whole = mix(render(generate("pop, 120 bpm", 16)))
    last = [power(whole[:, at : at + RATE // 4]) for at in (14 * RATE, 15 * RATE + RATE * 3 // 4)]
    assert last[1] < 0.3 * last[0]


@pytest.mark.parametrize(
    "work",
    [
        Work(
            request=Edit(job=JOB, source=Source(path="/x.wav"), span=span(0, 1)),
            context=silence(1),
            targets=(span(0, 1),),
        ),
        Work(
            request=Separate(job=JOB, source=Source(path="/x.wav"), span=span(0, 1), role="bass"),
            context=silence(1),
            targets=(span(0, 1),),
        ),
        layer(silence(1), "vocals"),
        layer(silence(1), "bagpipes"),
        generate("solo piano, no keys", 2),
    ],
    ids=["edit", "separate", "vocal layer", "unknown role", "nobody left"],
)
def test_what_it_cannot_do_is_refused_with_a_hint(work: Work) -> None:
    with pytest.raises(Unsupported) as refusal:
        render(work)
    assert refusal.value.hint


def test_bad_spans_are_refused() -> None:
    request = Generate(job=JOB, span=span(0, 2))
    with pytest.raises(BadSpan):
        render(Work(request=request, context=silence(1), targets=(span(0, 2),)))
    with pytest.raises(BadSpan):
        render(Work(request=request, context=silence(2), targets=(Span(0, 44_100, 44_100),)))
    long = Span(0, 601 * RATE, RATE)
    with pytest.raises(TooLong):
        render(Work(request=request, context=np.broadcast_to(np.float32(0), (2, long.length)), targets=(long,)))


@pytest.mark.parametrize("task", ["generate", "layer"])
def test_cancel_is_quick_wherever_it_falls(task: str) -> None:
    """Between two steps lies so little work that the engine can answer within 100 ms, whatever else the CPU does."""
    times: list[float] = []
    clock = Watch(lambda fraction, stage: times.append(time.thread_time()))
    context = mix(render(generate("funk", 4)))
    work = generate("cinematic, 60 bpm", 6) if task == "generate" else layer(context, "strings")
    list(SketchBackend().render(work, [1], clock))
    assert len(times) > 10
    assert np.quantile(np.diff(times), 0.98) < 0.1


def test_progress_only_rises() -> None:
    seen: list[float] = []
    renders(generate("rock, aggressive, bright", 4), [1, 2], Watch(lambda fraction, stage: seen.append(fraction)))
    assert np.diff(seen).min() >= -1e-9
    assert seen[-1] == pytest.approx(1)


def test_cancel_stops_at_once() -> None:
    seen: list[float] = []

    def report(fraction: float, stage: str) -> None:
        seen.append(fraction)
        if fraction > 0.4:
            watch.cancel()

    watch = Watch(report)
    with pytest.raises(Cancelled):
        renders(generate("pop", 8), [1, 2], watch)
    assert max(seen) < 0.6


@pytest.mark.parametrize("seconds", [0.1, 0.37, 1.03])
@pytest.mark.parametrize("phase", [0.0, 1.3])
def test_short_spans_are_filled_and_whole(seconds: float, phase: float) -> None:
    take = render(generate("pop, 120 bpm", seconds, phase=phase))
    whole = mix(take)
    assert whole.shape == (2, round(seconds * RATE))
    assert np.abs(whole).max() > 0.01
    assert np.abs(whole[:, -1]).max() < 0.01


@pytest.mark.parametrize("bpm", [20.0, 400.0])
def test_extreme_tempi(bpm: float) -> None:
    whole = mix(render(generate("house", 6, Music(bpm=bpm))))
    assert np.isfinite(whole).all()
    assert 0.05 < np.abs(whole).max() < 0.95


def test_both_sides_of_a_clip_and_nothing_between() -> None:
    clip = mix(render(generate("pop, 120 bpm, A minor", 8)))
    context = np.concatenate([silence(4), clip, silence(4)], axis=1)
    take = render(extend(context, 4, 4, "pop", music=Music(bpm=120.0)))
    whole = mix(take)
    assert whole.shape == context.shape
    assert not whole[:, 4 * RATE : 12 * RATE].any()
    assert min(power(whole[:, : 4 * RATE]), power(whole[:, 12 * RATE :])) > 0.01


def test_variance_none_some_and_all() -> None:
    work = generate("soul", 5)
    first, fresh = render(work, 3), render(work, 99)
    same, half, all_new = (render(retake(work, 3, variance), 99) for variance in (0.0, 0.5, 1.0))
    assert digest(same) == digest(first)
    assert digest(all_new) == digest(fresh)
    assert digest(half) not in (digest(first), digest(fresh))
    assert digest(half) == digest(render(retake(work, 3, 0.5), 99))


def test_variance_is_the_share_that_is_thrown_again() -> None:
    thrown = {}
    for variance in (0.2, 0.5, 0.8):
        first, later = Dice(((3, 1.0),)), Dice(((3, 1.0), (4, variance)))
        rolls = [(first.roll("bass", bar).random(), later.roll("bass", bar).random()) for bar in range(400)]
        thrown[variance] = np.mean([before != after for before, after in rolls])
    assert thrown == pytest.approx({0.2: 0.2, 0.5: 0.5, 0.8: 0.8}, abs=0.07)


def test_a_retake_of_a_retake_starts_from_the_kept_score() -> None:
    work = generate("funk", 6)
    second = render(retake(work, 3, 0.5), 4)
    again = render(retake(work, 4, 0.0, dict(second.latents)), 5)
    assert digest(again) == digest(second)


def test_strength_none_is_what_was_there() -> None:
    old = mix(render(generate("pop, 120 bpm", 8)))
    take = render(repaint(old, 2, 6, strength=0.0, music=Music(bpm=120.0)))
    assert np.array_equal(mix(take), old[:, 2 * RATE : 6 * RATE])


def test_strength_keeps_old_audio_under_the_new() -> None:
    old = mix(render(generate("pop, 120 bpm", 8)))
    takes = {s: render(repaint(old, 2, 6, strength=s, music=Music(bpm=120.0))) for s in (0.3, 0.7, 1.0)}
    shares = {}
    for strength, take in takes.items():
        source = power(take.stems["source"]) if "source" in take.stems else 0.0
        shares[strength] = source / power(mix(take))
    assert shares[1.0] == 0
    assert shares[0.3] > shares[0.7] > 0


def test_strength_with_a_kept_score_keeps_bars_of_it() -> None:
    first = render(generate("pop, 120 bpm, C major, solo piano, bass, drums", 16))
    old = score(first)
    shares = {}
    for strength in (0.25, 0.75, 1.0):
        take = render(repaint(mix(first), 4, 12, latents=placed(first), strength=strength), 5)
        assert "source" not in take.stems
        new = score(take)
        assert {part.instrument for part in new.parts} == {part.instrument for part in old.parts}
        shares[strength] = np.mean([shared(old.parts[n].notes, new.parts[n].notes, 8.0) for n in range(len(new.parts))])
    assert shares[0.25] > shares[0.75] >= shares[1.0]


def placed(take: Rendering) -> dict[str, Any]:
    """Latents as the bridge hands them on when the take's own file is the context."""
    return {**take.latents, "hull_start": np.array(0.0)}


def shared(old: tuple, new: tuple, beats_later: float) -> float:  # type: ignore[type-arg]
    before = {(round(note.start - beats_later, 2), note.pitch) for note in old}
    return sum((round(note.start, 2), note.pitch) in before for note in new) / max(1, len(new))


def test_a_kept_score_gives_its_chords_and_tempo() -> None:
    first = render(generate("pop, 117 bpm, Eb major", 16))
    old = score(first)
    take = render(repaint(mix(first), 5, 11, latents=placed(first)), 5)
    new = score(take)
    assert new.plan.grid.bpm == 117
    assert new.key == old.key
    for chord in new.chords:
        at = old.plan.grid.beat(new.plan.grid.sample(chord.start + 0.1) + 5 * RATE)
        assert chord.root == next(each.root for each in reversed(old.chords) if each.start <= at)


def test_a_score_whose_place_is_not_known_gives_its_players_and_key() -> None:
    first = render(generate("funk, 104 bpm, A minor, clavinet", 4))
    new = score(render(repaint(mix(first), 1, 3, latents=dict(first.latents)), 5))
    assert new.key == score(first).key
    assert [part.instrument for part in new.parts] == [part.instrument for part in score(first).parts]


def test_both_sides_of_a_take_keep_its_chords() -> None:
    first = render(generate("pop, 120 bpm, C major, loop", 8))
    context = np.concatenate([silence(4), mix(first), silence(4)], axis=1)
    work = extend(context, 4, 4, music=Music(bpm=120.0))
    work = Work(
        request=work.request,
        context=context,
        targets=work.targets,
        latents={**first.latents, "hull_start": np.array(4.0 * RATE)},
    )
    old, new = score(first), score(render(work, 9))
    roots = [[c.root for c in found.chords for _ in range(round(c.length / 2))] for found in (old, new)]
    assert roots[1][4:12] == roots[0]


def test_foreign_latents_do_no_harm() -> None:
    old = mix(render(generate("pop", 4)))
    strange = {"score": np.frombuffer(b"{}", dtype=np.uint8), "z": np.zeros(4, np.float32)}
    assert from_latents(strange) is None
    assert mix(render(repaint(old, 1, 3, latents=strange))).any()
