--- REAPER as the other modules see it. The files in reaper/host/ are the only ones that name `reaper.`, each about one
--- subject; this one puts them under one name. No decisions there, only calls.
--
-- A fact marked with U and its name has not been seen in a real REAPER; HOST_FACTS.md says how to check it. Projects,
-- tracks, items and takes are REAPER's pointers: good within one tick, found again by GUID in the next. Seconds count
-- from project time 0, without the project's start offset.
local text = require("shared.text")

text.add(require("shared.text_reaper"))

local M = {}

for _, subject in ipairs({
  require("reaper.host.system"), require("reaper.host.dialogs"), require("reaper.host.projects"),
  require("reaper.host.tempo"), require("reaper.host.selections"), require("reaper.host.tracks"),
  require("reaper.host.items"), require("reaper.host.sources"), require("reaper.host.accessor"),
  (require("reaper.host.undo")),
}) do
  for name, part in pairs(subject) do
    if M[name] ~= nil then error("two parts of the host have a " .. name) end
    M[name] = part
  end
end

return M
