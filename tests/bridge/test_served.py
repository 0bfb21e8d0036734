"""What a backend cannot do is refused at once, with the name of one that can."""

import pytest
from msgspec.structs import replace

from bridge_server.jobs.served import Cast
from bridge_server.protocol.errors import Problem, UnknownBackend, Unsupported
from bridge_server.protocol.requests import Edit, Generate, Layer
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import AbsentBackend, Capabilities, Lora, Sampling, Source

SKETCH = Capabilities(backend="sketch", model="s", about="a", tasks=("generate",), sample_rate=48_000)
ACE = replace(SKETCH, backend="ace-step-v1", settings=("infer_step", "loras", "reference"))
PLAIN = Generate(job="served-01", span=Span(0, 48_000, 48_000))


@pytest.mark.parametrize("field", ["loras", "reference"])
def test_what_would_make_other_music_is_refused(field: str) -> None:
    values = {"loras": (Lora(path="/x"),), "reference": Source(path="/x")}
    request = replace(PLAIN, **{field: values[field]})
    with pytest.raises(Unsupported) as refusal:
        Cast(backends=(SKETCH, ACE), default="sketch").check(request)
    assert "ace-step-v1" in refusal.value.hint
    Cast(backends=(SKETCH, ACE), default="ace-step-v1").check(request)
    with pytest.raises(Unsupported, match="sketch") as alone:
        Cast(backends=(SKETCH,), default="sketch").check(request)
    assert "dawbridge models" in alone.value.hint


def test_the_sound_alone_of_a_reference_is_another_thing_than_following_it() -> None:
    request = replace(PLAIN, reference=Source(path="/x"), reference_use="timbre")
    hearing = replace(SKETCH, backend="acestep-api", settings=("timbre",))
    cast = Cast(backends=(ACE, hearing), default="acestep-api")
    cast.check(request)
    with pytest.raises(Unsupported, match="sound alone") as refusal:
        cast.check(replace(request, backend="ace-step-v1"))
    assert "acestep-api" in refusal.value.hint
    with pytest.raises(Unsupported, match="follow"):
        cast.check(replace(request, reference_use="follow"))


def test_what_only_shapes_the_sampling_is_let_through() -> None:
    request = replace(PLAIN, sampling=Sampling(infer_step=3), preview=True, language="de")
    Cast(backends=(SKETCH,), default="sketch").check(request)


LAYERS = replace(SKETCH, tasks=("layer",), roles=("drums", "keys"))
WORDS = {"sketch": ("drums", "keys", "electric piano", "drum")}


@pytest.mark.parametrize("role", ["", "drums", "Drum", "Electric_Piano", "electric pianos"])
def test_a_layer_for_which_there_is_a_player(role: str) -> None:
    cast = Cast(backends=(LAYERS,), default="sketch", role_words=WORDS)
    cast.check(Layer(job="served-01", sources=(Source(path="/x"),), span=PLAIN.span, role=role))


def test_a_layer_that_nobody_plays_is_refused_with_what_there_is() -> None:
    request = Layer(job="served-01", sources=(Source(path="/x"),), span=PLAIN.span, role="sitar")
    with pytest.raises(Unsupported, match="sketch has no player for 'sitar'") as refusal:
        Cast(backends=(LAYERS,), default="sketch", role_words=WORDS).check(request)
    assert refusal.value.hint == "It plays drums, keys."
    Cast(backends=(LAYERS,), default="sketch").check(request)  # its words are not known: let it decide itself


def test_the_absent_backend_that_could_is_named_with_what_it_lacks() -> None:
    absent = AbsentBackend(
        backend="ace-step-v1",
        tasks=("edit",),
        problem=Problem(code="unknown_backend", message="Its model is not here.", hint="Pull it."),
    )
    cast = Cast(backends=(SKETCH,), absent=(absent,), default="sketch")
    request = Edit(job="served-01", source=Source(path="/x"), span=PLAIN.span)
    with pytest.raises(Unsupported) as refusal:
        cast.check(request)
    assert refusal.value.hint == "ace-step-v1 is made for that. Its model is not here. Pull it."
    with pytest.raises(UnknownBackend, match="Its model is not here") as unknown:
        cast.check(replace(request, backend="ace-step-v1"))
    assert unknown.value.hint == "Pull it."
    with pytest.raises(UnknownBackend, match="no backend called 'tape'"):
        cast.check(replace(request, backend="tape"))


def test_before_the_engine_has_ever_spoken_everything_is_accepted() -> None:
    Cast().check(replace(PLAIN, backend="anything"))
