"""Reference audio becomes the context of new music; a preview becomes a file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.errors import EngineFault, NotFound
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.prepare import prepare
from bridge_server.region.preview import write_preview
from tests.region.conftest import capabilities, noise

RATE = 48_000
SPAN = Span(10 * RATE, 12 * RATE, RATE)


def context(**reference: object) -> np.ndarray:
    request = Generate(job="reference-1", span=SPAN, reference=Source(**reference))  # type: ignore[arg-type]
    return prepare(request, capabilities(sample_rate=RATE)).context


@pytest.mark.parametrize("seconds", [1, 2, 5])
def test_it_begins_with_the_span_and_is_cut_or_filled_up(sound: Callable[..., Path], seconds: int) -> None:
    audio = noise(2, seconds * RATE)
    heard = context(path=str(sound("reference.wav", audio)))
    assert heard.shape == (2, SPAN.length)
    there = min(seconds * RATE, SPAN.length)
    np.testing.assert_allclose(heard[:, :there], audio[:, :there], atol=1e-4)
    assert not heard[:, there:].any()


def test_it_may_be_moved_and_be_quieter(sound: Callable[..., Path]) -> None:
    audio = noise(2, RATE)
    heard = context(path=str(sound("reference.wav", audio)), start=1_000, gain_db=-20.0)
    assert not heard[:, :1_000].any()
    np.testing.assert_allclose(heard[:, 1_000 : 1_000 + RATE], audio / 10, atol=1e-4)


def test_another_reference_is_another_context_for_again(sound: Callable[..., Path]) -> None:
    path = sound("reference.wav", noise(2, RATE))
    request = Generate(job="reference-1", span=SPAN, reference=Source(path=str(path)))
    first = prepare(request, capabilities(sample_rate=RATE)).context_sha256
    assert first != prepare(Generate(job="reference-1", span=SPAN), capabilities(sample_rate=RATE)).context_sha256


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone"):
        context(path=str(tmp_path / "gone.wav"))


def test_a_preview_is_a_plain_file(tmp_path: Path) -> None:
    path = write_preview(noise(2, 4_800), RATE, 3, tmp_path)
    assert path.name == "preview-3.wav"
    audio, rate = soundfile.read(path)
    assert (audio.shape, rate) == ((4_800, 2), RATE)
    with pytest.raises(EngineFault):
        write_preview(np.full((2, 10), np.nan, np.float32), RATE, 4, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["preview-3.wav"]
