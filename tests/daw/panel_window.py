"""The panel's window alone, in a studio, with a desk that the test plays."""

from pathlib import Path
from typing import Any

from tests.daw.panel import IMGUI, Panel
from tests.daw.studio import Studio

DESK = """
local studio = ...
local text = require("shared.text")
local host = require("reaper.host")
text.add(require("reaper.panel.texts"))
local view = require("reaper.panel.view")
local drafts = require("reaper.panel.drafts").open()
local desk = { asked = {}, reasons = {}, shown_jobs = {}, said = {} }
desk.shown_engine = { sentence = "The engine is ready." }
local function note(name)
  desk[name] = function(_, ...) desk.asked[#desk.asked + 1] = { name, ... } return desk.fault end
end
for _, name in ipairs({ "start", "cancel", "retry", "dismiss", "listen", "keep", "discard", "answer", "play_or_stop",
  "clear_notices", "read_selection" }) do note(name) end
function desk:engine() return self.shown_engine end
function desk:reason(verb) return self.reasons[verb] end
function desk:backends() return { "sketch", "ace-step-v1" } end
function desk:jobs() return self.shown_jobs end
function desk:result() return self.shown_result end
function desk:notices() return self.said end
function desk:question() return self.asks end
function desk:wire() return "panel_wire_mailbox" end
function desk:settings() return self.known end
function desk:roles() return { "drums", "bass" } end
function desk:selection() return "0:04.000–0:08.000 (time selection)" end
function desk:fields(verb) return verb.fields end
function desk:again(is_refined) self.asked[#self.asked + 1] = { "again", is_refined } end
function desk:open_panel() self.asked[#self.asked + 1] = { "open_panel" } end
function desk:submit(id)
  local verb = require("shared.verbs").get(id)
  self.asked[#self.asked + 1] = { "submit", id, drafts:answers_for(verb, verb.fields) }
  return self.fault
end
local gui = require("reaper.host.extensions").imgui()
local drawn = view.new(gui, desk, drafts)
local function loop()
  if drawn:draw() then host.defer(loop) else desk.is_closed = true end
end
host.defer(loop)
return { desk = desk, drafts = drafts, view = drawn }
"""


class Window:
    def __init__(self, folder: Path, home: Path, kept: Any = None, lua: str = "5.4") -> None:
        self.studio = Studio(folder, home, kept=kept, lua=lua, imgui=IMGUI)
        self.studio.runtime.globals().reaper = self.studio.fake.reaper
        parts = self.studio.runtime.execute(DESK)
        self.desk, self.drafts, self.view = parts.desk, parts.drafts, parts.view
        self.panel = Panel(self.studio)
        self.studio.tick()

    @property
    def asked(self) -> list[tuple[Any, ...]]:
        return [tuple(one.values()) for one in self.desk.asked.values()]

    def table(self, values: Any) -> Any:
        if isinstance(values, dict):
            return self.studio.runtime.table_from({key: self.table(value) for key, value in values.items()})
        if isinstance(values, list):
            return self.studio.runtime.table_from([self.table(value) for value in values])
        return values


def submit(window: Window, verb: str) -> None:
    """Press the button below the form; the one of the same name in the table chooses the verb."""
    window.panel.press(verb, at="Dawbridge")
