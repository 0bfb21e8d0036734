--- What the engine remarked on a take that was laid in: which key it heard, what of the wishes it could not follow.
local steering = require("reaper.steering")

local M = {}

--- The remarks on take `number` of `job`, a sentence each; none where the note of what was laid in is gone. `landed` is
-- the store in which reaper/settling.lua keeps it.
function M.on(landed, job, number)
  local record = landed:read(job)
  for _, take in ipairs(record and record.takes or {}) do
    if math.tointeger(take.number) == number then return take.notes or {} end
  end
  return {}
end

--- Those on the result that is selected in `project`.
function M.on_selected(landed, project)
  local group = steering.look(project)
  return group and M.on(landed, group.job, group.number) or {}
end

return M
