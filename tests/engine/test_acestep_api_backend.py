"""acestep-api against a server that behaves as documented: every task, what is sent, what comes back, cancel."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from bridge_server.protocol.errors import BadAudio, BadRequest, BadSpan, BridgeError, TooLong, Unsupported
from bridge_server.protocol.requests import Accompany, Layer
from bridge_server.protocol.servers import Offer, OfferedModel, Server
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Change, Lora, Music, Sampling
from engine.backends.acestep_api.backend import AceStepApi
from engine.backends.acestep_api.capabilities import capabilities
from engine.backends.acestep_api.excerpt import excerpt
from engine.watch import Cancelled, Watch
from engine.work import Work
from tests.engine.ace_v1_work import RATE, SOURCE, Audio, extend, generate, music, origin, repaint, silence
from tests.engine.acestep_api_work import IMPATIENT, among, backend, render, renders, separate
from tests.fakes.acestep_server import BASE, SFT, TURBO, FakeAceStep, serving

PLAIN = Sampling()


@pytest.fixture
def fake() -> Iterator[FakeAceStep]:
    with serving(FakeAceStep(models={BASE: True})) as there:
        yield there


WORKS: dict[str, tuple[Work, str, str]] = {
    "generate": (generate(2 * RATE + 7, sampling=PLAIN), "text2music", "mix"),
    "cover": (generate(RATE, reference=SOURCE, context=music(1), sampling=PLAIN), "cover", "mix"),
    "timbre": (
        generate(RATE, reference=SOURCE, reference_use="timbre", context=music(1), sampling=PLAIN), "text2music", "mix"
    ),
    "repaint": (repaint(music(13), 147_123, 480_001, sampling=PLAIN), "repaint", "mix"),
    "extend left": (extend(music(4), 30_001, 0, sampling=PLAIN), "repaint", "mix"),
    "extend right": (extend(music(4), 0, 230_001, sampling=PLAIN), "repaint", "mix"),
    "extend both": (extend(music(2), 20_000, 300_001, sampling=PLAIN), "repaint", "mix"),
    "layer": (among(Layer, music(12), 100_000, 333_333, role="electric guitar"), "lego", "guitar"),
    "accompany": (among(Accompany, music(12), 0, 12 * RATE, tags="drums, bass, warm"), "complete", "mix"),
    "separate": (separate(music(11), 1_000, 400_000, "Drums"), "extract", "drums"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WORKS))
def test_every_task_fills_its_hull_to_the_sample(fake: FakeAceStep, name: str) -> None:
    work, kind, stem = WORKS[name]
    take = render(backend(fake), work, 5)
    [(role, audio)] = take.stems.items()
    assert role == stem
    assert audio.shape == (2, work.hull.length)
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert audio.std() > 0.01
    assert [job.fields["task_type"] for job in fake.released] == [kind] * len(work.targets)


@pytest.mark.parametrize("name", list(WORKS))
def test_everything_is_said_that_the_server_would_make_up(fake: FakeAceStep, name: str) -> None:
    render(backend(fake), WORKS[name][0], 2**40 + 5)
    for job in fake.released:
        said = {"use_random_seed": "false", "seed": "5", "batch_size": "1", "audio_format": "wav", "thinking": "false"}
        said |= {"use_cot_caption": "false", "use_cot_language": "false", "model": BASE, "shift": "1"}
        assert said.items() <= job.fields.items()
        assert {"prompt", "lyrics", "vocal_language", "audio_duration"} <= job.fields.keys()


def pitch_of(audio: Audio) -> float:
    spectrum = np.abs(np.fft.rfft(audio[0] * np.hanning(audio.shape[1])))
    return float(np.argmax(spectrum) * RATE / audio.shape[1])


def test_the_region_that_comes_back_is_the_one_that_was_asked_for(fake: FakeAceStep) -> None:
    """Outside it the fake sends the source, so that a shift of one frame would be seen at the edge."""
    context = silence(12 * RATE)
    take = render(backend(fake), repaint(context, 100_001, 300_003, sampling=PLAIN), 7)
    audio = take.stems["mix"]
    assert pitch_of(audio) == pytest.approx(207, abs=1)
    assert np.abs(audio[:, 200:400]).max() > 0.1
    assert np.abs(audio[:, -400:-200]).max() > 0.1


def test_the_level_is_that_of_the_surroundings_although_the_server_changes_it(fake: FakeAceStep) -> None:
    context = music(12) * np.float32(0.1)
    take = render(backend(fake), repaint(context, 100_000, 300_000, sampling=PLAIN))
    # The fake's tone has a peak of 0.4 beside the source as it was sent, before all is brought to -1 dBFS.
    assert np.abs(take.stems["mix"]).max() == pytest.approx(0.4, rel=0.05)


def test_a_short_context_is_played_repeatedly_and_cut_again(fake: FakeAceStep) -> None:
    context = music(3)
    take = render(backend(fake), among(Layer, context, 0, 3 * RATE, role="bass"))
    [job] = fake.released
    sent = job.sounds["src_audio"]
    assert sent.shape[1] == 10 * RATE
    np.testing.assert_allclose(sent[:, 3 * RATE : 6 * RATE], context, atol=1e-4)
    assert take.stems["bass"].shape == (2, 3 * RATE)
    assert any("repeatedly" in note for note in take.notes)


@pytest.mark.parametrize(
    ("length", "first", "last"),
    [(640 * RATE, 319 * RATE, 321 * RATE), (640 * RATE, 10, 599 * RATE), (30 * RATE, 100_001, 300_000), (10, 2, 9)],
)
def test_what_is_sent_holds_the_region_and_is_no_longer_than_the_server_takes(
    length: int, first: int, last: int
) -> None:
    context = np.broadcast_to(np.arange(length, dtype=np.float32), (2, length))
    sent = excerpt(context, first, last, repeats=False)
    assert 10 * RATE <= sent.length <= 600 * RATE
    assert sent.length % 3840 == 0
    assert sent.last - sent.first == last - first
    assert np.array_equal(sent.audio[0, sent.first : sent.last], context[0, first:last])
    start, end = sent.region
    assert int(start * 25) * 1920 <= sent.first
    assert (sent.length if end < 0 else int(end * 25) * 1920) >= sent.last
    assert sent.first < 1920 or int(start * 25) * 1920 == sent.first, "a frame begins at the seam"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Music(bpm=104.6, key="Bb", meter="6/8"), {"bpm": "105", "key_scale": "Bb major", "time_signature": "6"}),
        (Music(key="F# minor"), {"key_scale": "F# minor", "time_signature": "4"}),
        (Music(meter="7/8"), {}),
    ],
)
def test_tempo_key_and_meter_go_in(fake: FakeAceStep, given: Music, said: dict[str, str]) -> None:
    take = render(backend(fake), generate(RATE, music=given, sampling=PLAIN))
    told = {
        name: text for name, text in fake.released[0].fields.items() if name in ("bpm", "key_scale", "time_signature")
    }
    assert told == said
    assert any("7/8" in note for note in take.notes) is (not said)


def test_words_go_in(fake: FakeAceStep) -> None:
    render(backend(fake), generate(RATE, lyrics="[verse]\nJa, ü\n", language="de", sampling=PLAIN))
    fields = fake.released[0].fields
    assert (fields["lyrics"], fields["vocal_language"]) == ("[verse]\nJa, ü", "de")
    render(backend(fake), generate(RATE, sampling=PLAIN))
    assert fake.released[1].fields["lyrics"] == "[Instrumental]"
    assert fake.released[1].fields["vocal_language"] == "unknown"


def test_stems_are_named_in_the_sentence_that_the_model_knows(fake: FakeAceStep) -> None:
    for name in ("layer", "accompany", "separate"):
        render(backend(fake), WORKS[name][0])
    layer, accompany, separated = (job.fields for job in fake.released)
    assert layer["instruction"] == "Generate the GUITAR track based on the audio context:"
    assert (layer["track_name"], layer["guidance_scale"], layer["chunk_mask_mode"]) == ("guitar", "1", "explicit")
    assert accompany["instruction"] == "Complete the input track with DRUMS | BASS:"
    assert separated["instruction"] == "Extract the DRUMS track from the audio:"


def test_a_turbo_is_asked_in_eight_steps_and_a_draft_in_fewer(fake: FakeAceStep) -> None:
    fake.models = {TURBO: True}
    for is_draft in (False, True):
        render(backend(fake), generate(RATE, sampling=PLAIN, draft=is_draft))
    full, draft = (job.fields for job in fake.released)
    assert (full["inference_steps"], full["shift"], full["guidance_scale"]) == ("8", "3", "1")
    assert int(draft["inference_steps"]) < 8
    assert draft["seed"] == full["seed"]


def test_the_model_is_one_that_can_and_that_is_loaded(fake: FakeAceStep) -> None:
    fake.models = {TURBO: True, SFT: True, BASE: True}
    render(backend(fake), WORKS["layer"][0])
    take = render(backend(fake), WORKS["generate"][0])
    assert [job.fields["model"] for job in fake.released] == [BASE, TURBO]
    assert f"composed by {TURBO}" in take.notes
    fake.models = {TURBO: True, SFT: True, BASE: False}
    with pytest.raises(Unsupported) as refusal:
        render(backend(fake), WORKS["layer"][0])
    assert BASE in refusal.value.hint


def test_takes_come_one_after_the_other_each_with_its_seed(fake: FakeAceStep) -> None:
    first, second = renders(backend(fake), WORKS["generate"][0], [3, 4])
    assert (first.seed, second.seed) == (3, 4)
    assert not np.array_equal(first.stems["mix"], second.stems["mix"])
    again = render(backend(fake), WORKS["generate"][0], 3)
    assert np.array_equal(first.stems["mix"], again.stems["mix"])


def test_a_repaint_of_strength_0_asks_nobody(fake: FakeAceStep) -> None:
    context = music(2)
    take = render(backend(fake), repaint(context, 10_000, 50_000, strength=0.0))
    assert np.array_equal(take.stems["mix"], context[:, 10_000:50_000])
    assert not fake.released


def test_what_cannot_be_followed_is_said(fake: FakeAceStep) -> None:
    music_there = Music(bpm=100, chords="Am F", changes=(Change(at=100, bpm=120),))
    work = repaint(
        music(12), 0, RATE, strength=0.5, preview=True, music=music_there, sampling=Sampling(omega_scale=2.0)
    )
    notes = " / ".join(render(backend(fake), work).notes)
    for word in ("chords", "tempo", "strength", "preview", "omega_scale", "3 to 90 s"):
        assert word in notes


def test_the_key_goes_along_and_only_to_where_it_belongs(fake: FakeAceStep) -> None:
    fake.key = "open sesame".replace(" ", "-")
    assert render(backend(fake, key=fake.key), WORKS["generate"][0])
    assert all(headers.get("Authorization") == "Bearer open-sesame" for headers in fake.headers)


def test_progress_only_rises_and_shows_nothing_of_other_peoples_jobs(fake: FakeAceStep) -> None:
    told: list[tuple[float, str]] = []
    fake.looks = 4
    renders(backend(fake), WORKS["extend both"][0], [1, 2], Watch(lambda at, stage: told.append((at, stage))))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    stages = {stage for _, stage in told}
    assert {"on the server: running"} < stages
    assert not any("somebody" in stage for stage in stages)


@pytest.mark.parametrize("stage", ["asking", "waiting for the server", "on the server"])
def test_cancel_ends_the_waiting_at_once(fake: FakeAceStep, stage: str) -> None:
    fake.looks = 10_000
    watch = Watch(lambda fraction, at: watch.cancel() if at.startswith(stage) else None)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        render(backend(fake), WORKS["repaint"][0], 1, watch)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("fault", ["deaf", "query_result: silent", "model_inventory: silent"])
def test_cancel_is_heard_while_the_server_is_silent(fake: FakeAceStep, fault: str) -> None:
    """In the middle of sending, or of waiting for a word."""
    fake.faults, fake.for_ever = [fault], True
    patient = AceStepApi(Server(address=fake.address), type(IMPATIENT)())
    watch = Watch()
    threading.Timer(0.6, watch.cancel).start()
    started = time.monotonic()
    context = np.zeros((2, 120 * RATE), np.float32)
    with pytest.raises(Cancelled):
        render(patient, repaint(context, 10 * RATE, 20 * RATE, sampling=PLAIN), 1, watch)
    assert time.monotonic() - started < 2.5


LONG_WORDS = "la " * 2_000
BAD: dict[str, tuple[Work, type[BridgeError], str]] = {
    "NaN": (repaint(np.full((2, RATE), np.nan, np.float32), 0, RATE), BadAudio, "not numbers"),
    "beyond its context": (
        Work(request=WORKS["generate"][0].request, context=silence(5), targets=(Span(0, 10, RATE),)), BadSpan, "inside"
    ),
    "a language": (generate(RATE, lyrics="ave", language="xx"), Unsupported, "xx"),
    "long lyrics": (generate(RATE, lyrics=LONG_WORDS, sampling=PLAIN), TooLong, "4,096"),
    "a lora": (generate(RATE, loras=(Lora(path="/a.safetensors"),)), Unsupported, "LoRA"),
    "a retake": (generate(RATE, origin=origin(1, 0.5)), Unsupported, "retake"),
    "a strange role": (among(Layer, music(1), 0, RATE, role="bagpipes"), Unsupported, "bagpipes"),
    "an empty context": (among(Layer, silence(RATE), 0, RATE, role="bass"), BadRequest, "nothing to be heard"),
    "an empty mix": (separate(silence(RATE), 0, RATE, "bass"), BadRequest, "nothing to be heard"),
    "too long": (repaint(silence(601 * RATE), 0, 601 * RATE, sampling=PLAIN), TooLong, "601"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_bad_input_never_leaves_this_machine(fake: FakeAceStep, name: str) -> None:
    work, kind, word = BAD[name]
    with pytest.raises(kind) as refusal:
        render(backend(fake), work)
    assert word in refusal.value.message
    assert refusal.value.hint
    assert not fake.released


def test_long_tags_lose_their_last_ones(fake: FakeAceStep) -> None:
    take = render(backend(fake), generate(RATE, tags="drums, " * 100, sampling=PLAIN))
    prompt = fake.released[0].fields["prompt"]
    assert len(prompt) <= 512 and prompt.endswith("drums")
    assert any("512" in note for note in take.notes)


def test_what_it_can_do_is_what_the_loaded_models_can(fake: FakeAceStep) -> None:
    def can(*models: OfferedModel, offer: bool = True) -> tuple[str, ...]:
        return capabilities(Server(address="http://a:1", offer=Offer(models=models) if offer else None)).tasks

    mixes = ("generate", "again", "repaint", "extend")
    assert can(offer=False) == mixes
    assert can(OfferedModel(name=TURBO)) == mixes
    assert can(OfferedModel(name=SFT, tasks=("text2music", "lego", "repaint"), is_loaded=True)) == mixes
    assert can(OfferedModel(name=BASE)) == (*mixes, "layer", "accompany", "separate")
    assert can(OfferedModel(name=TURBO, is_loaded=True), OfferedModel(name=BASE, is_loaded=False)) == mixes
    there = capabilities(Server(address="http://studio.local:8001"))
    assert "studio" not in there.model, "takes that are passed on tell nobody where the server is"
    assert "studio.local:8001" in there.about and "sent" in there.about and "AI" in there.about
    assert "this computer" in capabilities(Server(address="http://127.0.0.1:8001")).about
