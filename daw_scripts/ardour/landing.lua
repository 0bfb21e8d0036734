--- Lays finished takes into the session: one file brought in at a tick, then all of them at once, in one undo step.
--
-- The variants of a job lie over each other on one track, the first one heard, the others muted. Nothing that was there
-- is changed. Where a result goes is written in `job.place` (see ardour/subject.lua); what has been laid down stays in
-- the book as `place.landed` until Ardour has saved the session: if Ardour dies before that, it is laid down again.
local changes = require("ardour.host.changes")
local program = require("ardour.host.program")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")
local tracks = require("ardour.host.tracks")

local M = {}

--- After so much of a turn the next file waits for the next turn; laying down what is there takes next to no time.
local MOST_SECONDS = 0.05
local SIBLING_START = "Dawbridge: variants of track "
local WORK_OF = "Dawbridge: "

--- "Repaint 0:02.000–0:04.000", as sentences and undo steps call a job.
function M.title(job)
  local place = job.place
  local values = { verb = text.say("verb_" .. place.verb), range = place.range, number = place.version }
  return text.say(place.version and "job_title_version" or "job_title", values)
end

local function take_name(job, number)
  local place, tags = job.place, text.shortened(job.request.tags or "", 40)
  local values = { verb = text.say("verb_" .. place.verb), number = number, tags = tags, version = place.version }
  if place.version then return text.say("take_name_version", values) end
  return text.say(tags == "" and "take_name" or "take_name_tags", values)
end

--- The files of a job: `{path, number, side, position, name}`, `position` in samples of the timeline.
local function files_of(job)
  local list = {}
  for _, take in ipairs(job.takes) do
    local number = math.tointeger(take.number)
    for _, part in ipairs(take.parts) do
      local side = part.side ~= "" and part.side or nil
      list[#list + 1] = {
        path = part.path, take = take.path, number = number, side = side,
        position = math.tointeger(part.timeline), name = take_name(job, number),
      }
    end
  end
  return list
end

local function parked(job, sentence, values)
  values = values or {}
  values.what, values.path = M.title(job), values.path or job.takes[1].path
  return "parked", text.say(sentence, values)
end

--- How far the region under the span was moved since the job was asked for, in samples.
local function shift(place)
  if not place.anchor then return 0 end
  local _, position = tracks.of_region(place.anchor.region)
  return position and position - math.tointeger(place.anchor.position) or 0
end

local function sibling_of(id)
  local mark = SIBLING_START .. id
  for _, track in ipairs(tracks.all()) do
    -- Not 12 where 122 is meant.
    local _, last = track.comment:find(mark, 1, true)
    if last and not track.comment:find("^%d", last + 1) then return track end
  end
  return nil
end

--- The track for `place`: its id if it is there; nil and true if it has to be made; nil if its place is gone.
local function target(place)
  if place.made and tracks.get(place.made) then return place.made end
  if place.manner == "new" then return nil, true end
  local original = place.track and tracks.get(place.track)
  local is_sibling = original and original.comment:find(SIBLING_START, 1, true)
  if place.manner == "on" or is_sibling then return original and original.id end
  local sibling = place.track and sibling_of(place.track)
  if sibling then return sibling.id end
  return nil, original ~= nil
end

local function is_selected_alone(id)
  local selected = timeline.selection().tracks
  return #selected == 1 and selected[1] == id
end

--- Ardour selects a track that is new, which nobody has asked for.
local function give_selection_back(job, work)
  if work.was_selected and is_selected_alone(job.place.made) then changes.select_track_above() end
  work.was_selected = nil
end

local function make_track(desk, job, work)
  local place, channels = job.place, work.imported[1].channels
  local original = place.manner == "beside" and tracks.get(place.track)
  work.was_selected = original and is_selected_alone(original.id)
  local name = original and text.say("variants_track", { track = original.name }) or place.title
  place.made = changes.add_track(name, channels, original and original.order + 1)
  if original then
    changes.set_comment(place.made, SIBLING_START .. original.id)
    changes.set_gain(place.made, original.gain)
  else
    changes.set_comment(place.made, WORK_OF .. M.title(job))
  end
  desk:keep(job)
end

--- Brings the next file in. "busy"; or "parked" if Ardour cannot.
local function import_next(job, work)
  local file = work.files[#work.imported + 1]
  local found = program.exists(file.path) and changes.import(file.path, file.name)
  if not found then return parked(job, "unreadable_take", { path = file.path }) end
  work.imported[#work.imported + 1] = found
  return "busy"
end

local function lay(job, work, track)
  local moved, first = shift(job.place), work.files[1].number
  local label = text.say("undo_verb", { verb = text.say("verb_" .. job.place.verb), range = job.place.range })
  return changes.in_one_undo_step(label, track, function(playlist)
    local regions = {}
    -- The first variant last: the newest lies on top.
    for index = #work.files, 1, -1 do
      local file, source = work.files[index], work.imported[index]
      local position = math.max(0, file.position + moved)
      regions[#regions + 1] = changes.lay_region(playlist, source.id, file.name, position, file.number == first)
    end
    return regions
  end)
end

local function write_down(desk, job, work, regions)
  for index, file in ipairs(work.files) do
    desk.ledger:add({
      job = job.id, number = file.number, path = file.take, side = file.side, source = work.imported[index].source,
      title = file.name,
    })
  end
  job.place.landed = regions
  -- Enough to lay it down once more; the rest of the request may be long.
  job.request = { request = job.request.request, tags = job.request.tags }
  desk:keep(job)
end

local function step(desk, job, work)
  if timeline.is_recording() then return "wait", text.say("wait_recording") end
  local track, must_make = target(job.place)
  if not track and not must_make then return parked(job, "parked") end
  if not work.files then
    if not desk.book:is_writable() then return parked(job, "read_only_parked") end
    work.files, work.imported = files_of(job), {}
  end
  if #work.imported < #work.files then return import_next(job, work) end
  if not track then
    make_track(desk, job, work)
    return "busy"
  end
  give_selection_back(job, work)
  local regions, fault = lay(job, work, track)
  if not regions then return parked(job, "landing_failed", { fault = tostring(fault):match("[^\n]*") }) end
  write_down(desk, job, work, regions)
  return "landed"
end

--- Goes on with the landing of `job` for a while; each step is a call that Ardour alone can make shorter. `work` is a
-- table that the caller keeps for this job, empty at first. Returns "busy", "landed", "wait" and why, or "parked" and a
-- sentence that names the file.
function M.go_on(desk, job, work)
  local began = program.now()
  while true do
    local outcome, sentence = step(desk, job, work)
    local is_last = outcome == "busy" and #work.imported == #work.files and job.place.made
    if outcome ~= "busy" or not is_last and program.now() - began > MOST_SECONDS then return outcome, sentence end
  end
end

--- Whether what was laid down for `job` is in the session.
function M.is_there(job)
  for _, id in ipairs(job.place.landed or {}) do
    if changes.has_region(id) then return true end
  end
  return false
end

--- Forgets that `job` was laid down: the session that held it was never saved.
function M.take_back(desk, job)
  job.place.landed, job.place.made = nil, nil
  desk:keep(job)
end

return M
