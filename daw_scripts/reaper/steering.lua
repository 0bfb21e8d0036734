--- Choosing among results that lie in the project: which variant is heard, which is kept, which is taken away.
--
-- Each is one undo step and works in a project that was opened again, on results of jobs that are long forgotten.
local host = require("reaper.host")
local lanes = require("reaper.lanes")
local mark = require("shared.mark")
local ranges = require("reaper.ranges")
local replacing = require("reaper.replacing")
local results = require("reaper.results")
local text = require("shared.text")

local M = {}

local KEPT_SIGN = "✓ "

--- What the user means, looked at: `{project, job, number (that plays, or is selected), numbers, kept, takes}`, `kept`
-- as number → true; nil, the name of a sentence and its values.
function M.look(project)
  local chosen = results.selected(project)[1]
  if not chosen then return nil, "no_result", {} end
  return M.group(project, chosen.mark.job, chosen.mark.number, { chosen.track })
end

--- The results of `job` in `project` as `look` shows them; nil if there are none. They are looked for on tracks of ours
-- and on `beside`.
function M.group(project, job, number, beside)
  local takes = results.of_job(project, job, beside)
  if #takes == 0 then return nil, "no_result", {} end
  local numbers, kept, seen, playing = {}, {}, {}, nil
  for _, result in ipairs(takes) do
    local own = result.mark.number
    if not seen[own] then numbers[#numbers + 1] = own end
    seen[own], kept[own] = true, kept[own] or result.mark.kept or nil
    if results.plays(result) then playing = math.min(playing or own, own) end
  end
  table.sort(numbers)
  return { project = project, job = job, number = playing or number or numbers[1], numbers = numbers, kept = kept,
    takes = takes }
end

--- As `look`, but a result with several variants comes before one with a single one, where the user has not selected
-- just that.
local function look_for_variants(project)
  local first, reason, values = M.look(project)
  if not first or #first.numbers > 1 then return first, reason, values end
  local seen = { [first.job] = true }
  for _, chosen in ipairs(results.selected(project)) do
    if not seen[chosen.mark.job] then
      seen[chosen.mark.job] = true
      local group = M.group(project, chosen.mark.job, chosen.mark.number, { chosen.track })
      if group and #group.numbers > 1 then return group end
    end
  end
  return nil, "one_variant", {}
end

--- Whether takes of several variants lie in one item (REAPER 6) rather than in lanes.
local function is_multi(result)
  local count = 0
  for _, take in ipairs(host.takes(result.item)) do
    if results.mark_of(take) then count = count + 1 end
  end
  return count > 1 or #host.takes(result.item) > 1
end

local function quiet(result)
  if is_multi(result) then return end
  if lanes.has_lanes(result.track) then
    lanes.silence(result.track, math.tointeger(host.item_number(result.item, "I_FIXEDLANE")))
  else
    host.set_item(result.item, "B_MUTE", 1)
  end
end

local function sound(result)
  if is_multi(result) then return host.activate_take(result.take) end
  if host.item_number(result.item, "B_MUTE") ~= 0 then host.set_item(result.item, "B_MUTE", 0) end
  if not lanes.has_lanes(result.track) then return end
  local lane = math.tointeger(host.item_number(result.item, "I_FIXEDLANE"))
  lanes.make_way(result.track, { [lane] = true }, ranges.bounds(result.item))
  lanes.hear(result.track, lane)
end

local function is_so(group, number)
  for _, result in ipairs(group.takes) do
    if results.plays(result) ~= (result.mark.number == number) then return false end
  end
  return true
end

local function switch(group, number)
  for _, result in ipairs(group.takes) do
    if result.mark.number ~= number then quiet(result) end
  end
  for _, result in ipairs(group.takes) do
    if result.mark.number == number then sound(result) end
  end
  for _, result in ipairs(group.takes) do host.refresh_item(result.item) end
  return true
end

--- Lets variant `number` of `group` be heard in place of the others, and of other results there. Where it is so
-- already, nothing is done.
function M.play(group, number)
  if is_so(group, number) then return true end
  local label = text.say("undo_choose", { number = number })
  return host.in_one_undo_step(group.project, label, function() return switch(group, number) end)
end

--- Lets the variant `step` further on (1 or -1) be heard, round and round. Returns its number; nil, the name of a
-- sentence and its values.
function M.step(project, step)
  local group, reason, values = look_for_variants(project)
  if not group then return nil, reason, values end
  local at = 1
  for index, number in ipairs(group.numbers) do
    if number == group.number then at = index end
  end
  local number = group.numbers[(at - 1 + step) % #group.numbers + 1]
  M.play(group, number)
  return number
end

local function mark_kept(result)
  local line = { job = result.mark.job, number = result.mark.number, path = result.mark.path, role = result.mark.role,
    draft = result.mark.draft, kept = true }
  host.set_take_text(result.take, results.TAKE_KEY, mark.write(line))
  local name = host.take_text(result.take, "P_NAME")
  if name:sub(1, #KEPT_SIGN) ~= KEPT_SIGN then host.set_take_text(result.take, "P_NAME", KEPT_SIGN .. name) end
end

--- Marks variant `number` of `group` (left out: the one that plays) as kept, and lets it be heard. Returns what the
-- bridge is to be told.
function M.keep(group, number)
  number = number or group.number
  if not group.kept[number] then
    host.in_one_undo_step(group.project, text.say("undo_keep", { number = number }), function()
      for _, result in ipairs(group.takes) do
        if result.mark.number == number then mark_kept(result) end
      end
      return is_so(group, number) or switch(group, number)
    end)
  end
  return { request = "choose", job = group.job, number = number }
end

--- Takes `results` off the timeline, last ones first: an item that holds nothing else goes as a whole.
local function remove(doomed)
  local left = {}
  for _, result in ipairs(doomed) do
    left[result.item] = left[result.item] or #host.takes(result.item)
  end
  for index = #doomed, 1, -1 do
    local result = doomed[index]
    left[result.item] = left[result.item] - 1
    if left[result.item] == 0 then
      host.delete_item(result.item)
    else
      host.delete_take(result.item, result.take)
    end
  end
end

--- Takes the results of `group` away that are not kept, or all if all are kept, and lets be heard again what they had
-- silenced. The files stay where they are.
function M.discard(group)
  local doomed, stay = {}, 0
  for _, result in ipairs(group.takes) do
    if group.kept[result.mark.number] then stay = stay + 1 else doomed[#doomed + 1] = result end
  end
  if #doomed == 0 then doomed, stay = group.takes, 0 end
  return host.in_one_undo_step(group.project, text.say("undo_discard"), function()
    remove(doomed)
    for _, track in ipairs(stay == 0 and host.tracks(group.project) or {}) do replacing.restore(track, group.job) end
    return true
  end)
end

return M
