--- Lays finished takes on the timeline: in lanes of a track of ours (REAPER 7), or as takes of one item (REAPER 6).
--
-- All of a job comes in one undo step, within one tick; what is slow (opening files) is done before it, over many
-- ticks. Where a result belongs is remembered by GUID in `job.place`: see reaper/subjects/spot.lua.
local drop = require("reaper.drop")
local guests = require("shared.guests")
local host = require("reaper.host")
local pieces = require("reaper.pieces")
local playing = require("reaper.playing")
local results = require("reaper.results")
local spans = require("shared.span")
local spots = require("reaper.subjects.spot")
local status = require("reaper.status")
local text = require("shared.text")

local M = {}

--- Takes whose waveform is still to be drawn: `{project, guid, has_begun}`.
M.peaks = {}

local function find_track(project, guid)
  for _, track in ipairs(guid ~= "" and host.tracks(project) or {}) do
    if host.track_text(track, "GUID") == guid then return track end
  end
  return nil
end

--- Track, item and take of `place` in `project`, wherever they have been moved; nil for what is not there.
local function search(project, place)
  if place.take and not place.is_mix then
    local take, item = host.find_take(project, place.take)
    if take then return host.track_of(item), item, take end
  end
  return find_track(project, place.track)
end

--- A folder as it can be compared.
local function plain(path) return (path:gsub("\\", "/"):gsub("/+$", "")) end

--- The open tab where `place` is; nil, and whether its project is open without it.
function M.find_spot(job)
  local place, spot, is_open = job.place, nil, false
  for _, tab in ipairs(host.tabs()) do
    local is_same = tab.project == job.tab or tab.file ~= "" and tab.file == place.project_file
      or place.project_folder and plain(spots.folder(tab.project, tab.file) or "") == plain(place.project_folder)
    local track, item, take = search(tab.project, place)
    local is_here = track or place.track == "" and is_same
    if is_here and (not spot or is_same) then
      spot = { project = tab.project, track = track, item = item, take = take }
    end
    is_open = is_open or is_same
  end
  return spot, is_open
end

--- Where the range sounds today: with its item, if that still plays the same file at the same speed.
local function position_today(job, spot)
  local place = job.place
  local now, source
  if spot.take then now, source = playing.read(spot.item, spot.take) end
  if not now then return place.position end
  if place.anchor == "file" then return now.position - now.offset end
  if not place.source then return place.position + now.position - (place.item_position or now.position) end
  if source.path ~= place.source or now.playrate ~= 1 then return place.position end
  return spans.position_of(now, place.span, place.skipped)
end

local function parked(job, sentence, fault)
  local path = fault or job.takes[1].path
  return "parked", text.say(sentence, { what = status.title(job), path = path })
end

--- The spot of `job` if it can be laid in now; nil, "wait" or "parked", and a sentence. `front` is the project in
-- front.
local function ready(job, front)
  if host.is_recording() then return nil, "wait", text.say("wait_recording") end
  local spot, is_open = M.find_spot(job)
  if not spot and is_open then return nil, parked(job, "parked") end
  if not spot then return nil, "wait", text.say("wait_project") end
  if host.is_read_only(spot.project) then return nil, parked(job, "read_only_parked") end
  if job.place.manner == "takes" then
    local is_free = spot.take and host.item_number(spot.item, "C_LOCK") == 0
    if not is_free then return nil, parked(job, "locked_parked") end
  elseif spot.project ~= front and not host.can_insert_anywhere() then
    return nil, "wait", text.say("wait_tab")
  end
  return spot
end

--- Everything at once: `pieces` are open. Returns the outcome and a sentence.
local function lay(job, opened)
  local spot, outcome, sentence = ready(job, (host.project()))
  if not spot then return outcome, sentence end
  spot.position = position_today(job, spot)
  local label = text.say("undo_verb", { verb = text.say("verb_" .. job.place.verb), range = job.place.range })
  local result, fault = host.in_one_undo_step(spot.project, label, function() return drop.lay(job, spot, opened) end)
  if not result then
    host.log("landing.failed job=" .. job.id .. " error=" .. tostring(fault))
    local values = { what = status.title(job), path = job.takes[1].path, fault = tostring(fault):match("[^\n]*") }
    return "parked", text.say("landing_failed", values)
  end
  for _, take in ipairs(result.takes) do
    M.peaks[#M.peaks + 1] = { project = spot.project, guid = host.take_text(take, "GUID") }
  end
  return "landed", result.notice
end

--- A crash between drop and note: the project was saved with the results in it.
local function is_there(job, spot)
  for _, result in ipairs(job.resumed and results.of_job(spot.project, guests.job_of(job), { spot.track }) or {}) do
    if not job.place.of or result.mark.number == math.tointeger(job.takes[1].number) then return true end
  end
  return false
end

--- Tries to lay in `job`; take `only` of it where that is given. Calls `ended(outcome, sentence)`, at once or later,
-- with
--   "landed" and a sentence or nil;  "wait" and why;  "parked" and a sentence that names the file.
function M.start(chores, job, ended, only)
  local spot, outcome, sentence = ready(job, (host.project()))
  if not spot then return ended(outcome, sentence) end
  if not only and is_there(job, spot) then return ended("landed") end
  local opened = {}
  local function work(pause, _, wait)
    opened = pieces.list(job, only)
    local fine, unreadable = pieces.open(job, opened, pause)
    if not fine then
      outcome, sentence = parked(job, "unreadable_take", unreadable)
      return
    end
    -- The change itself has a tick for itself.
    wait()
    outcome, sentence = lay(job, opened)
  end
  chores:add(work, function(fault)
    pieces.close(opened)
    if fault then
      host.log("landing.failed job=" .. job.id .. " error=" .. fault)
      local values = { what = status.title(job), path = job.takes[1].path, fault = fault:match("[^\n]*") }
      outcome, sentence = "parked", text.say("landing_failed", values)
    end
    ended(outcome, sentence)
  end, function() pieces.close(opened) end)
end

--- Draws a little of one waveform; called once a tick.
function M.continue_peaks()
  local first = M.peaks[1]
  if not first then return end
  if not host.draw_peaks(first.project, first.guid, first.has_begun) then table.remove(M.peaks, 1) end
  first.has_begun = true
end

return M
