"""What stands under "Advanced" becomes fields of requests, or a sentence that says what is wrong."""

from typing import Any

import pytest

SETTINGS = """
local texts, loras = ...
require("shared.text").add(require("reaper.panel.texts"))
local fields, fault = require("reaper.panel.settings").read(texts, loras)
if not fields then return nil, fault end
return require("shared.json").encode(fields)
"""


def read_settings(lua: Any, texts: dict[str, str], loras: list[dict[str, Any]]) -> Any:
    return lua.execute(SETTINGS, lua.table_from(texts), lua.table_from([lua.table_from(lora) for lora in loras]))


def test_settings_become_fields_of_requests(lua: Any):
    texts = {
        "guidance_scale": "7,5",
        "infer_step": " 27 ",
        "oss_steps": "16, 29 52",
        "use_erg_tag": "no",
        "language": "de",
    }
    texts |= {"backend": "sketch", "omega_scale": ""}
    repaint = read_settings(lua, texts, [{"path": " /a ", "weight": 1}])
    assert '"guidance_scale":7.5' in repaint
    assert '"infer_step":27' in repaint
    assert '"oss_steps":[16,29,52]' in repaint
    assert '"use_erg_tag":false' in repaint
    assert '"loras":[{"path":"/a","weight":1.0}]' in repaint
    assert '"language":"de"' in repaint
    assert "omega" not in repaint
    assert '"backend":"sketch"' in repaint


@pytest.mark.parametrize(
    ("texts", "loras", "words"),
    [
        ({"guidance_scale": "much"}, [], "“Guidance scale” must be a number from 0 to 100"),
        ({"guidance_scale": "101"}, [], "from 0 to 100"),
        ({"guidance_scale": "nan"}, [], "must be a number"),
        ({"infer_step": "2.5"}, [], "whole number from 1 to 1000"),
        ({"oss_steps": "1, x"}, [], "commas between"),
        ({"language": "German"}, [], "two small letters"),
        ({}, [{"path": "  ", "weight": 1}], "has no file"),
    ],
)
def test_settings_that_cannot_be_read_say_so(lua: Any, texts: dict[str, str], loras: list[dict[str, Any]], words: str):
    found, fault = read_settings(lua, texts, loras)
    assert found is None
    assert words in fault
