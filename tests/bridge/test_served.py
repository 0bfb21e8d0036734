"""What a backend cannot do is refused at once, with the name of one that can."""

import pytest
from msgspec.structs import replace

from bridge_server.bridge import check_served
from bridge_server.protocol.errors import Unsupported
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Lora, Sampling, Source

SKETCH = Capabilities(backend="sketch", model="s", about="a", tasks=("generate",), sample_rate=48_000)
ACE = replace(SKETCH, backend="ace-step-v1", settings=("infer_step", "loras", "reference"))
PLAIN = Generate(job="served-01", span=Span(0, 48_000, 48_000))


@pytest.mark.parametrize("field", ["loras", "reference"])
def test_what_would_make_other_music_is_refused(field: str) -> None:
    values = {"loras": (Lora(path="/x"),), "reference": Source(path="/x")}
    request = replace(PLAIN, **{field: values[field]})
    with pytest.raises(Unsupported) as refusal:
        check_served(request, SKETCH, (SKETCH, ACE))
    assert "ace-step-v1" in refusal.value.hint
    check_served(request, ACE, (SKETCH, ACE))
    with pytest.raises(Unsupported, match="sketch") as alone:
        check_served(request, SKETCH, (SKETCH,))
    assert "dawbridge models" in alone.value.hint


def test_what_only_shapes_the_sampling_is_let_through() -> None:
    check_served(replace(PLAIN, sampling=Sampling(infer_step=3), preview=True, language="de"), SKETCH, (SKETCH,))
