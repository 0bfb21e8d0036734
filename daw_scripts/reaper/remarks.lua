--- What the engine remarked on a take that lies in the project.
local guests = require("shared.guests")
local remarks = require("shared.remarks")
local steering = require("reaper.steering")

local M = {}

--- The remarks on take `number` of `job`, a sentence each; none where the note of what was laid in is gone. `landed` is
-- the store in which reaper/settling.lua keeps it.
function M.on(landed, job, number)
  local record = landed:read(job) or landed:read(guests.id(job, number))
  return remarks.of(record and record.takes, number)
end

--- Those on the result that is selected in `project`.
function M.on_selected(landed, project)
  local group = steering.look(project)
  return group and M.on(landed, group.job, group.number) or {}
end

return M
