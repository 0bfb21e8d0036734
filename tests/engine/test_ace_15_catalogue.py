"""The list of models describes the layout that diffusers itself writes and that the engine looks for."""

from pathlib import Path

from bridge_server.models.catalogue import ACE_STEP_15
from bridge_server.models.contents import cut_files, missing_files, size_of
from engine.backends.ace_15.checkpoint import PARTS, TOKENIZERS


def test_a_saved_pipeline_is_a_whole_model(noise_pipeline: Path) -> None:
    for model in ACE_STEP_15:
        assert missing_files(model, noise_pipeline) == []
        assert cut_files(model, noise_pipeline) == []
        assert size_of(model, noise_pipeline) > 1_000_000
        assert {part.folder for part in model.parts} - {""} == {*PARTS, *TOKENIZERS}
