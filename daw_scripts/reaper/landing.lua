--- Lays finished takes on the timeline: in lanes of a sibling track (REAPER 7), or as takes of the item (REAPER 6).
--
-- All takes of a job come in one undo step, and the original item stays as it is. Where a result belongs is remembered
-- by GUID in `job.place`:
--   project_file    of the tab at the time of asking; "" while unsaved
--   track, item, take   GUIDs
--   manner          "lanes" or "takes"
--   source, span, skipped   what was sent; see shared/span.lua
--   position        s, where the span began on the timeline
--   range           the same for eyes
local clip = require("reaper.clip")
local host = require("reaper.host")
local lanes = require("reaper.lanes")
local spans = require("shared.span")
local status = require("reaper.status")
local text = require("shared.text")

local M = {}

local JOB_KEY = "P_EXT:dawbridge_job"

--- Takes whose waveform is still to be drawn: `{project, guid, has_begun}`.
M.peaks = {}

local function find(list, read, guid)
  for _, thing in ipairs(list) do
    if read(thing, "GUID") == guid then return thing end
  end
  return nil
end

--- Track and item of `place` in `project`, wherever they have been moved; nil for what is not there.
local function search(project, place)
  local tracks = host.tracks(project)
  local track = find(tracks, host.track_text, place.track)
  local item = track and find(host.items_on(track), host.item_text, place.item)
  for _, other in ipairs(item and {} or tracks) do
    item = find(host.items_on(other), host.item_text, place.item)
    if item then return other, item end
  end
  return track, item
end

--- The open tab where `place` is; nil, and whether its project is open without it.
local function find_spot(job)
  local place, spot, is_open = job.place, nil, false
  for _, tab in ipairs(host.tabs()) do
    local is_same_file = tab.file ~= "" and tab.file == place.project_file
    local track, item = search(tab.project, place)
    if track and (not spot or is_same_file) then spot = { project = tab.project, track = track, item = item } end
    is_open = is_open or is_same_file or tab.project == job.tab
  end
  return spot, is_open
end

--- All sources of a job, opened before anything is changed; nil and the path that REAPER cannot read.
local function open_parts(job)
  local parts = {}
  for _, take in ipairs(job.takes) do
    for _, part in ipairs(take.parts) do
      local source, seconds = host.open_source(part.path)
      if not source then
        for _, opened in ipairs(parts) do host.close_source(opened.source) end
        return nil, part.path
      end
      local before = part.handles and part.handles[1] or 0
      parts[#parts + 1] = { source = source, seconds = seconds, number = take.number, lead = before / part.span.rate }
    end
  end
  return parts
end

local function take_name(job, number)
  local tags = text.shortened(job.request.tags or "", 40)
  local values = { verb = text.say("verb_repaint"), number = math.tointeger(number), tags = tags }
  return text.say(tags == "" and "take_name" or "take_name_tags", values)
end

local function original_take(spot, place)
  return spot.item and find(host.takes(spot.item), host.take_text, place.take)
end

--- The new take of `item`: named, marked with its job, at the level of the original.
local function add_take(job, item, part, original)
  local take = host.add_take(item, part.source)
  host.set_take_text(take, "P_NAME", take_name(job, part.number))
  host.set_take_text(take, JOB_KEY, job.id)
  for _, key in ipairs(original and { "D_VOL", "D_PAN" } or {}) do
    host.set_take(take, key, host.take_number(original, key))
  end
  return take
end

local function add_items(job, spot, parts, track, chosen)
  local original, takes = original_take(spot, job.place), {}
  for index, part in ipairs(parts) do
    local item = host.add_item(track)
    host.set_item(item, "D_POSITION", spot.position - part.lead)
    host.set_item(item, "D_LENGTH", part.seconds)
    host.set_item(item, "B_LOOPSRC", 0)
    host.set_item(item, "I_FIXEDLANE", chosen[index])
    if spot.item then host.set_item(item, "D_VOL", host.item_number(spot.item, "D_VOL")) end
    host.set_item_text(item, JOB_KEY, job.id)
    takes[index] = add_take(job, item, part, original)
    host.refresh_item(item)
  end
  return takes
end

local function land_in_lanes(job, spot, parts)
  local track = lanes.track_for(spot.project, spot.track)
  local longest = 0
  for _, part in ipairs(parts) do longest = math.max(longest, part.seconds) end
  local chosen, had = lanes.choose(track, spot.position, spot.position + longest, #parts, track == spot.track)
  local takes = add_items(job, spot, parts, track, chosen)
  local is_heard = lanes.finish(spot.project, track, chosen, had)
  if is_heard then return { takes = takes } end
  local where = { range = job.place.range, lane = chosen[1] + 1, track = lanes.name(track) }
  return { takes = takes, notice = text.say("other_lane", where) }
end

local function land_as_takes(job, spot, parts)
  local original = original_take(spot, job.place)
  local now, takes = clip.read(spot.item, original), {}
  for index, part in ipairs(parts) do
    takes[index] = add_take(job, spot.item, part, original)
    -- The new file is the whole source with the span spliced in, so it starts where the source's file does.
    host.set_take(takes[index], "D_STARTOFFS", now.section_start + now.offset)
  end
  host.activate_take(takes[1])
  host.refresh_item(spot.item)
  return { takes = takes }
end

local function is_there(job, spot)
  for _, item in ipairs(host.items_on(spot.track)) do
    for _, take in ipairs(host.takes(item)) do
      if host.take_text(take, JOB_KEY) == job.id then return true end
    end
  end
  local sibling = lanes.find_sibling(spot.project, spot.track)
  return sibling ~= nil and sibling ~= spot.track and is_there(job, { project = spot.project, track = sibling })
end

--- Where the span sounds today: with its item, if that still plays the same file at the same speed.
local function position_today(job, spot)
  local place, original = job.place, original_take(spot, job.place)
  local now, source = nil, nil
  if original then now, source = clip.read(spot.item, original) end
  if not now or source.path ~= place.source or now.playrate ~= 1 then return place.position end
  return spans.position_of(now, place.span, place.skipped)
end

local function parked(job, sentence, fault)
  local path = job.takes[1].path
  return "parked", text.say(sentence, { what = status.title(job), path = path, fault = fault })
end

local function can_take(job, spot)
  local is_free = spot.item and host.item_number(spot.item, "C_LOCK") == 0
  return is_free and original_take(spot, job.place) ~= nil
end

--- Tries to lay in `job`. `front` is the project whose tab is in front. Returns one of
--   "landed" and a sentence or nil;  "wait" and why;  "parked" and a sentence that names the file.
function M.land(job, front)
  if host.is_recording() then return "wait", text.say("wait_recording") end
  local spot, is_open = find_spot(job)
  if not spot then
    if is_open then return parked(job, "parked") end
    return "wait", text.say("wait_project")
  end
  if is_there(job, spot) then return "landed" end
  local as_takes = job.place.manner == "takes"
  if as_takes and not can_take(job, spot) then return parked(job, "locked_parked") end
  if spot.project ~= front and not as_takes and not host.can_insert_anywhere() then
    return "wait", text.say("wait_tab")
  end
  local parts, unreadable = open_parts(job)
  if not parts then return parked(job, "unreadable_take", unreadable) end
  spot.position = position_today(job, spot)
  local label = text.say("undo", { range = job.place.range })
  local result, fault = host.in_one_undo_step(spot.project, label, function()
    return (as_takes and land_as_takes or land_in_lanes)(job, spot, parts)
  end)
  if not result then
    host.log("landing.failed job=" .. job.id .. " error=" .. tostring(fault))
    return parked(job, "landing_failed", tostring(fault):match("[^\n]*"))
  end
  for _, take in ipairs(result.takes) do
    M.peaks[#M.peaks + 1] = { project = spot.project, guid = host.take_text(take, "GUID") }
  end
  return "landed", result.notice
end

--- Draws a little of one waveform; called once a tick.
function M.continue_peaks()
  local first = M.peaks[1]
  if not first then return end
  if not host.draw_peaks(first.project, first.guid, first.has_begun) then table.remove(M.peaks, 1) end
  first.has_begun = true
end

return M
