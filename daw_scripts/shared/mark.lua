--- What a result carries in the host's own extension data, so that retake, again, choose, keep and discard know it
--- later: in a copy, in a project that was opened again, and when the job is long forgotten.
--
-- A mark is `{job, number, path}`: the job's id, the number of the take in it, and the WAV that its recipe is in. As
-- text it is one line of JSON, for hosts that keep texts.
local json = require("shared.json")

local M = {}

--- The name under which a host keeps it.
M.KEY = "dawbridge_take"

--- The mark as one line of text; `kept` is true once the user has kept this take, `draft` where
-- it is one.
function M.write(mark)
  return (json.encode({ job = mark.job, number = mark.number, path = mark.path, role = mark.role, kept = mark.kept,
    draft = mark.draft }))
end

--- The mark in `line`; nil if it is none, or damaged.
function M.read(line)
  if not line or line == "" then return nil end
  local mark = json.decode(line)
  if type(mark) ~= "table" or type(mark.job) ~= "string" or type(mark.path) ~= "string" then return nil end
  mark.number = math.tointeger(mark.number)
  return mark.number and mark or nil
end

return M
