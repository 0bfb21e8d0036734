"""What ace-step-1.5 cannot do is refused with a code, a sentence and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.errors import BadAudio, BadRequest, BadSpan, TooLong, Unsupported
from bridge_server.protocol.requests import Edit
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from engine.backends.ace_15.backend import AceStep15
from engine.backends.ace_15.variant import Variant
from engine.work import Work
from tests.engine.ace_15_work import backend, layer, render, separate
from tests.engine.ace_v1_work import JOB, QUICK, RATE, SOURCE, generate, music, repaint, silence


@pytest.fixture(scope="module")
def model(noise_pipeline: Path) -> AceStep15:
    return backend(noise_pipeline)


REFUSED: dict[str, tuple[Callable[[], Work], type[Exception], str]] = {
    "edit": (
        lambda: Work(
            request=Edit(job=JOB, span=Span(0, RATE, RATE), source=SOURCE, sampling=QUICK),
            context=music(1.0),
            targets=(Span(0, RATE, RATE),),
        ),
        Unsupported,
        "cannot do `edit`",
    ),
    "an unknown track": (lambda: separate(music(1.0), 0, RATE, "theremin"), Unsupported, "theremin"),
    "an unknown role": (lambda: layer(music(1.0), 0, RATE, role="theremin"), Unsupported, "theremin"),
    "an empty context": (lambda: layer(silence(RATE), 0, RATE), BadRequest, "nothing to be heard"),
    "a context of dither": (lambda: layer(music(1.0) * 1e-4, 0, RATE), BadRequest, "nothing to be heard"),
    "mono": (lambda: repaint(music(1.0)[:1], 0, 24_000), BadAudio, "2 channels"),
    "another rate": (
        lambda: Work(request=generate(RATE).request, context=silence(RATE), targets=(Span(0, 96, 96_000),)),
        BadSpan,
        "48000 Hz",
    ),
    "700 seconds": (lambda: generate(700 * RATE), TooLong, "600 s"),
    "not a number": (lambda: repaint(music(1.0) * np.nan, 0, 24_000), BadAudio, "not numbers"),
    "a language": (lambda: generate(RATE, lyrics="la", language="xx"), Unsupported, "'xx'"),
    "endless lyrics": (lambda: generate(RATE, lyrics="la " * 2_000), TooLong, "tokens"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_done_is_refused_with_a_sentence(model: AceStep15, case: str) -> None:
    make, error, words = REFUSED[case]
    with pytest.raises(error, match=words) as refusal:
        render(model, make())
    assert refusal.value.hint  # type: ignore[attr-defined]


def test_a_checkpoint_without_audio_tokenizer_follows_no_reference(noise_pipeline: Path) -> None:
    model = backend(noise_pipeline, has_tokenizer=False)
    with pytest.raises(Unsupported, match="no audio tokenizer") as refusal:
        render(model, generate(50_001, context=music(50_001 / RATE), reference=Source(path="/r.wav")))
    assert "timbre" in refusal.value.hint


def test_only_a_base_checkpoint_makes_stems(noise_pipeline: Path) -> None:
    for variant in (Variant.TURBO, Variant.SFT):
        with pytest.raises(Unsupported, match="cannot do `layer`") as refusal:
            render(backend(noise_pipeline, variant), layer(music(3.0), 0, RATE))
        assert "base" in refusal.value.hint
