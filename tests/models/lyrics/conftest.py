"""The lyric vocabulary is not ours to ship: tests that need it look for it and skip with a reason."""

import os
from pathlib import Path

import pytest

from engine.models.ace_v1.lyrics import LyricTokenizer

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def vocab() -> Path:
    """`vocab.json` from DAWBRIDGE_LYRIC_VOCAB or beside the repository."""
    named = os.environ.get("DAWBRIDGE_LYRIC_VOCAB")
    path = Path(named) if named else ROOT.parent / "shared/data/acestep-v1/vocab.json"
    if not path.exists():
        pytest.skip(f"the lyric vocabulary is not at {path}; name it in DAWBRIDGE_LYRIC_VOCAB")
    return path


@pytest.fixture(scope="session")
def tokenizer(vocab: Path) -> LyricTokenizer:
    for library in ("num2words", "pypinyin", "hangul_romanize", "cutlet", "unidic_lite", "py3langid"):
        pytest.importorskip(library, reason=f'{library} is not installed: pip install "dawbridge[lyrics]"')
    return LyricTokenizer(vocab)
