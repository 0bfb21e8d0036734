"""The shared JSON of the Lua scripts reads and writes every vector, and the Lua tables know every field in them."""

import json
from typing import Any

import lupa.lua53
import lupa.lua54
import pytest

from tests.protocol.conftest import ROOT, VECTORS

MESSAGES = VECTORS["messages"]
UNKNOWN_FIELDS = """
local protocol, json = ...
local function check(values, fields, unknown)
  local known = {}
  for _, field in ipairs(fields) do known[field.name] = field end
  for name, value in pairs(values) do
    local field = known[name]
    if not field then
      if name ~= "request" and name ~= "event" then unknown[#unknown + 1] = name end
    else
      local list = field.type == "list"
      local kind = protocol.types[list and field.items.type or field.type]
      if kind then
        for _, item in ipairs(list and value or {value}) do check(item, kind.fields, unknown) end
      end
      if field.type == "integer" and math.type(value) ~= "integer" then
        unknown[#unknown + 1] = name .. " is no integer"
      end
    end
  end
  return unknown
end
return function(kind, text)
  local message = assert(json.decode(text))
  local entry = protocol[kind .. "s"][message[kind]]
  return table.concat(check(message, entry.fields, {}), ", ")
end
"""


@pytest.fixture(params=[lupa.lua53, lupa.lua54], ids=["5.3", "5.4"])
def runtime(request: pytest.FixtureRequest) -> Any:
    return request.param.LuaRuntime(unpack_returned_tuples=True)


@pytest.fixture
def lua_json(runtime: Any) -> Any:
    return runtime.execute((ROOT / "daw_scripts/shared/json.lua").read_text(encoding="utf-8"))


def test_lua_decodes_and_encodes_every_message(lua_json: Any):
    for vector in MESSAGES:
        again = lua_json.encode(lua_json.decode(vector["json"]))
        assert typed(json.loads(again)) == typed(json.loads(vector["json"])), vector["name"]


def test_the_tables_know_every_field(runtime: Any, lua_json: Any, lua_source: str):
    unknown = runtime.execute(UNKNOWN_FIELDS, runtime.execute(lua_source), lua_json)
    for vector in MESSAGES:
        assert unknown(vector["kind"], vector["json"]) == "", vector["name"]
    assert unknown("request", '{"request":"cancel","jop":"x"}') == "jop"


def test_lua_refuses_what_is_no_json(lua_json: Any):
    for vector in VECTORS["refused"]:
        if vector["wire"] == "json" and vector["name"] in ("nothing", "cut off", "two letters", "bpm nan", "gain inf"):
            decoded = lua_json.decode(vector["json"])
            assert isinstance(decoded, tuple), vector["name"]
            assert decoded[0] is None, vector["name"]


def typed(value: Any) -> Any:
    """With 1 and 1.0 told apart."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (type(value).__name__, value)
