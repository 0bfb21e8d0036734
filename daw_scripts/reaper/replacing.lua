--- Silences the original where a result is to be heard in its place: cut at both ends and muted, nothing is deleted,
--- and the undo step of the drop takes it back.
local host = require("reaper.host")
local ranges = require("reaper.ranges")
local results = require("reaper.results")

local M = {}

local LOCKED = 1

--- A cut leaves the lane of the new piece to chance. [U split]
local function cut(item, t)
  local lane = host.item_number(item, "I_FIXEDLANE")
  local right = host.split(item, t)
  if right then host.set_item(right, "I_FIXEDLANE", lane) end
  return right
end

--- Mutes what sounds on `track` between `from` and `to`, but for results of ours; `job` is noted on the pieces. Returns
-- how many locked items were left as they are.
function M.silence(track, from, to, job)
  local locked = 0
  for _, item in ipairs(ranges.heard_on(track, from, to)) do
    local take = host.active_take(item)
    local first, last = ranges.bounds(item)
    if math.tointeger(host.item_number(item, "C_LOCK")) & LOCKED ~= 0 then
      locked = locked + 1
    elseif not (take and results.mark_of(take)) then
      local inner = item
      if first < from then inner = cut(item, from) or item end
      if last > to then cut(inner, to) end
      host.set_item(inner, "B_MUTE", 1)
      host.set_item_text(inner, results.MUTED_KEY, job)
    end
  end
  return locked
end

--- Lets be heard again what `job` has silenced on `track`. Returns whether there was something.
function M.restore(track, job)
  local found = false
  for _, item in ipairs(host.items_on(track)) do
    if host.item_text(item, results.MUTED_KEY) == job then
      host.set_item(item, "B_MUTE", 0)
      host.set_item_text(item, results.MUTED_KEY, "")
      found = true
    end
  end
  return found
end

return M
