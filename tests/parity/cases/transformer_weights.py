"""The tiny transformer's weights load under their official names, and come out as they went in."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.case import Case
from tests.parity.comparison import Claim


def run(case: Case) -> Iterator[Claim]:
    """Every tensor of the state dict; a name on one side only raises."""
    for name, tensor in case.folder.transformer.state_dict().items():
        yield Claim(name, tensor)
