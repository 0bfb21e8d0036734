"""A take on disk: its files, what it says about itself, and what a later edit finds of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from wavinfo import WavInfoReader

from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.requests import Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Origin, Source, Take
from bridge_server.region.deliver import Rendered, deliver, file_names
from bridge_server.region.latents import HULL_START, latents_path, read_latents
from bridge_server.region.prepare import prepare
from bridge_server.region.wav import read_recipe
from tests.region.conftest import ask, capabilities, exact, noise, rendered

RATE = 48_000
ROLES = ("drums", "bass", "rhodes", "brass", "pad")


@pytest.mark.parametrize("sample_format", ["pcm24", "float32"])
@pytest.mark.parametrize("engine", [44_100, 48_000])
def test_stems_of_generated_music_add_up_to_it(tmp_path: Path, engine: int, sample_format: str) -> None:
    request = Generate(job="job-0001", span=Span(7, 20_000, RATE), sample_format=sample_format)
    prepared = prepare(request, capabilities(sample_rate=engine))
    take = deliver(prepared, rendered(prepared, roles=ROLES), tmp_path)
    part = take.parts[0]
    assert [stem.role for stem in part.stems] == list(ROLES)
    assert [Path(stem.path) for stem in part.stems] == [tmp_path / "take-1.stems" / f"{role}.wav" for role in ROLES]
    mix = exact(Path(take.path), "float64")
    assert len(mix) == take.samples == 19_993
    total = sum(exact(Path(stem.path), "float64") for stem in part.stems)
    assert np.abs(total - mix).max() < (2**-23 * 1e-6 if sample_format == "pcm24" else 2**-22)


def test_stems_have_the_gain_and_the_fades_of_the_take(sound, tmp_path: Path) -> None:
    """Inside the span the take is the sum of its stems and of the old audio that fades away."""
    path = sound("source.wav", noise(2, 2 * RATE, peak=0.02), subtype="PCM_24")
    span = Span(20_000, 60_000, RATE)
    request = ask(Repaint, path, span, handles=1_000)
    prepared = prepare(request, capabilities())
    part = deliver(prepared, rendered(prepared, roles=ROLES), tmp_path).parts[0]
    assert part.loudness.gain_db < -6
    inside = exact(Path(part.path), "float64")[1_000:-1_000]
    total = sum(exact(Path(stem.path), "float64") for stem in part.stems)
    assert total.shape == inside.shape
    body = slice(part.fade.in_samples, -part.fade.out_samples)
    assert np.abs(total - inside)[body].max() < 2**-24
    assert np.abs(total[0]).max() < 0.01 * np.abs(total).max()
    time = WavInfoReader(part.stems[0].path).bext.time_reference
    assert time == part.timeline + 1_000 == span.start


def test_one_stem_is_the_take_itself(tmp_path: Path) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(0, 5_000, RATE)), capabilities())
    take = deliver(prepared, rendered(prepared, roles=("drums",)), tmp_path)
    assert take.parts[0].stems == ()
    assert [entry.name for entry in tmp_path.iterdir()] == ["take-1.wav"]


def test_the_take_tells_everything(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, RATE))
    request = ask(
        Repaint, path, Span(9_000, 19_000, RATE), handles=500, timeline=7_000_000, tags="lofi", lyrics="Straße 🎹"
    )
    prepared = prepare(request, capabilities(model="test 2"))
    made = rendered(prepared, number=3, seed=2**53 - 1, latents=True)
    notes, origin = ("key heard: D major",), Origin(seed=1, variance=0.5)
    made = replace(made, notes=notes, origin=origin, origin_take="/a/take-1.wav")
    take = deliver(prepared, made, tmp_path)
    assert (take.job, take.number, take.seed, take.backend) == ("job-0001", 3, 2**53 - 1, "test")
    assert (take.sample_rate, take.samples, take.channels) == (RATE, 11_000, 2)
    assert take.path == str(tmp_path / "take-3.wav")
    assert take.latents == str(tmp_path / "take-3.latents.safetensors")
    assert take.span == Span(9_000, 19_000, RATE)
    assert take.notes == ("key heard: D major",)
    assert take.parts[0].handles == (500, 500)
    assert take.parts[0].timeline == 7_000_000 - 500
    assert take.parts[0].loudness.surroundings is not None
    assert from_json(to_json(take), Take) == take
    assert WavInfoReader(take.path).bext.time_reference == 7_000_000 - 500
    recipe = read_recipe(Path(take.path))
    assert recipe.request == request
    assert (recipe.number, recipe.seed, recipe.backend, recipe.model) == (3, 2**53 - 1, "test", "test 2")
    assert recipe.context_sha256 == prepared.context_sha256
    assert (recipe.origin, recipe.origin_take) == (Origin(seed=1, variance=0.5), "/a/take-1.wav")
    assert recipe.notes == take.notes


@pytest.mark.parametrize(
    ("left", "right", "names"),
    [(0, 900, ["take-1.wav"]), (800, 0, ["take-1.wav"]), (800, 900, ["take-1.left.wav", "take-1.right.wav"])],
)
@pytest.mark.parametrize("form", ["region", "whole"])
def test_sides_of_an_extension(sound, tmp_path: Path, left: int, right: int, names: list[str], form: str) -> None:
    path = sound("source.wav", noise(2, 30_000))
    clip = Span(10_000, 22_000, RATE)
    request = ask(Extend, path, clip, left=left, right=right, form=form, handles=50, timeline=0)
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared, roles=("a", "b"), latents=True), tmp_path)
    assert from_json(to_json(take), Take) == take
    if form == "whole":
        (part,) = take.parts
        assert (part.path, part.samples) == (str(tmp_path / "take-1.wav"), left + clip.length + right)
        new = left + right if not (left and right) else left + clip.length + right
        assert part.handles == ((0, 0) if left and right else (0, clip.length) if left else (clip.length, 0))
        assert part.timeline == -left
        for stem in part.stems:
            audio = exact(Path(stem.path), "float64")
            assert len(audio) == new
            assert not audio[left : left + clip.length].any() or not (left and right)
    else:
        assert [Path(part.path).name for part in take.parts] == names
        first = {part.side: part.timeline for part in take.parts}
        assert first == {side: at for side, n, at in (("left", left, -left), ("right", right, clip.length - 50)) if n}
        for part in take.parts:
            assert part.samples == 50 + (left if part.side == "left" else right)
            assert part.handles == ((0, 50) if part.side == "left" else (50, 0))
            assert {len(exact(Path(stem.path))) for stem in part.stems} == {part.span.length}
    assert take.path == take.parts[0].path


def test_the_files_take_path_names_comes_last(sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = []
    rename = Path.replace

    def recorded(self: Path, target: Path) -> Path:
        order.append(target.relative_to(tmp_path).as_posix())
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", recorded)
    path = sound("source.wav", noise(2, 30_000))
    request = ask(Extend, path, Span(0, 30_000, RATE), left=900, right=900)
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared, roles=("a", "b"), latents=True), tmp_path)
    assert len(order) == 7
    assert order[0] == "take-1.latents.safetensors"
    assert tmp_path / order[-1] == Path(take.path)
    assert order.index("take-1.left.stems/a.wav") < order.index("take-1.left.wav")


def test_layers_and_stems_are_as_long_as_the_span(sound, tmp_path: Path) -> None:
    source = Source(path=str(sound("source.wav", noise(6, RATE))))
    span = Span(1_000, 31_007, RATE)
    layer = prepare(Layer(job="job-0001", sources=(source,), span=span, handles=100), capabilities())
    take = deliver(layer, rendered(layer), tmp_path)
    assert (take.samples, take.channels, take.parts[0].handles) == (30_007, 2, (0, 0))
    stem = prepare(Separate(job="job-0001", source=source, span=span, role="vocals"), capabilities())
    take = deliver(stem, rendered(stem, number=2), tmp_path)
    assert (take.samples, take.channels) == (30_007, 6)
    assert take.parts[0].loudness.gain_db == 0


def test_role_names_become_file_names() -> None:
    names = file_names(["Drums", "drums", "DRUMS", "drums-2", "../../etc/passwd", "", "🥁", "nul", "a" * 400, "Ü b"])
    assert names == [
        "drums",
        "drums-2",
        "drums-3",
        "drums-2-2",
        "etc-passwd",
        "stem",
        "stem-2",
        "stem-nul",
        "a" * 40,
        "b",
    ]
    assert len(set(names)) == len(names)


def kept(take: Take, span: Span, **able: object) -> dict:
    request = Repaint(job="job-0002", source=Source(path=take.path), span=span)
    return dict(prepare(request, capabilities(**able)).latents)


@pytest.mark.parametrize("form", ["region", "whole"])
def test_an_edit_of_a_take_finds_what_the_backend_kept(sound, tmp_path: Path, form: str) -> None:
    path = sound("source.wav", noise(2, RATE))
    request = ask(Repaint, path, Span(9_600, 19_200, RATE), handles=480, form=form)
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared, latents=True), tmp_path)
    start = 480 if form == "region" else 9_600
    found = kept(take, Span(start + 4_800, start + 9_600, RATE))
    assert np.array_equal(found["frames"], np.arange(6).reshape(2, 3))
    # 100 ms of context lie before the new target, which begins 100 ms after the old one.
    assert found[HULL_START] == pytest.approx(0)
    found = kept(take, Span(start, start + 4_800, RATE), context_seconds=0.005)
    assert found[HULL_START] == pytest.approx(220)
    assert kept(take, Span(start, start + 4_800, RATE), backend="other") == {}
    copy = tmp_path / "copy.wav"
    copy.write_bytes(Path(take.path).read_bytes())
    assert kept(msgspec.structs.replace(take, path=str(copy)), Span(0, 900, RATE)) == {}


def test_both_sides_of_an_extension_find_what_was_kept(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, 30_000))
    request = ask(Extend, path, Span(0, 30_000, RATE), left=4_800, right=9_600, handles=480)
    prepared = prepare(request, capabilities(sample_rate=RATE))
    take = deliver(prepared, rendered(prepared, latents=True), tmp_path)
    for part in take.parts:
        again = Repaint(job="job-0002", source=Source(path=part.path), span=Span(480, 960, RATE))
        prepared = prepare(again, capabilities(sample_rate=RATE))
        # The old hull began with the left side; the right file begins 480 samples before the clip's end.
        assert prepared.latents[HULL_START] == (0 if part.side == "left" else -(4_800 + 30_000 - 480))


def test_a_retake_gets_the_latents_of_the_take_it_varies(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, RATE))
    request = ask(Repaint, path, Span(9_600, 19_200, RATE))
    prepared = prepare(request, capabilities())
    assert prepared.latents == {}
    take = deliver(prepared, rendered(prepared, latents=True), tmp_path)
    found = read_latents(Path(take.path), "test")
    assert read_latents(Path(take.path), "other") == {}
    again = prepare(request, capabilities(), found)
    assert np.array_equal(again.latents["frames"], found["frames"])
    assert again.latents[HULL_START] == again.hull.start
    latents_path(Path(take.path)).write_bytes(b"damaged")
    assert read_latents(Path(take.path), "test") == {}
    latents_path(Path(take.path)).unlink()
    assert read_latents(Path(take.path), "test") == {}


def test_variants_can_be_delivered_at_the_same_time(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, RATE))
    prepared = prepare(ask(Repaint, path, Span(9_600, 40_000, RATE)), capabilities())
    made = rendered(prepared)
    takes = {}
    threads = [
        threading.Thread(
            target=lambda n=n: takes.update(
                {n: deliver(prepared, Rendered(number=n, seed=n, stems=made.stems), tmp_path)}
            )
        )
        for n in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audio = [soundfile.read(takes[n].path)[0] for n in range(1, 5)]
    assert all(np.array_equal(audio[0], other) for other in audio[1:])
    assert np.abs(made.stems["mix"] - noise(2, prepared.hull.length, seed=1)).max() == 0
