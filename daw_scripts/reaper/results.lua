--- Results that lie in a project: found by the mark that each take of ours carries (see shared/mark.lua).
--
-- A result is `{item, take, track, mark}`, pointers of this tick.
local host = require("reaper.host")
local mark = require("shared.mark")
local ranges = require("reaper.ranges")

local M = {}

M.TAKE_KEY = "P_EXT:" .. mark.KEY
M.TRACK_KEY = ranges.RESULTS_KEY
--- On pieces of an original that a drop has silenced: the job.
M.MUTED_KEY = "P_EXT:dawbridge_muted_by"

--- The mark of `take`; nil if it is none of ours.
function M.mark_of(take) return mark.read(host.take_text(take, M.TAKE_KEY)) end

local function add(list, track, item, take)
  local found = M.mark_of(take)
  if found then list[#list + 1] = { track = track, item = item, take = take, mark = found } end
end

--- Our takes on `track`, of the job `job` only if it is given.
function M.on_track(track, job)
  local found = {}
  for _, item in ipairs(host.items_on(track)) do
    for _, take in ipairs(host.takes(item)) do add(found, track, item, take) end
  end
  if not job then return found end
  local own = {}
  for _, result in ipairs(found) do
    if result.mark.job == job then own[#own + 1] = result end
  end
  return own
end

--- Whether `track` is one that we have made for results.
function M.is_ours(track) return host.track_text(track, M.TRACK_KEY) ~= "" end

--- All takes of `job` in `project`: on tracks of ours, and on `beside` (a list of tracks).
function M.of_job(project, job, beside)
  local found, seen = {}, {}
  local function look(track)
    if seen[track] then return end
    seen[track] = true
    for _, result in ipairs(M.on_track(track, job)) do found[#found + 1] = result end
  end
  for _, track in ipairs(beside or {}) do look(track) end
  for _, track in ipairs(host.tracks(project)) do
    if M.is_ours(track) then look(track) end
  end
  return found
end

--- Whether a take of `job` lies anywhere in `project`, moved as it may have been; with pauses, so that a large project
-- is not looked through at once. nil where the project is closed meanwhile.
function M.is_anywhere(project, job, pause)
  for _, track in ipairs(host.tracks(project)) do
    pause()
    if not host.is_open(project) then return nil end
    if host.is_track(project, track) and #M.on_track(track, job) > 0 then return track end
  end
  return nil
end

--- Whether `result` is what is heard of its item and lane.
function M.plays(result)
  return host.active_take(result.item) == result.take and ranges.is_heard(result.item, result.track)
end

--- Results in a range or under the cursor, on `tracks`: those that play before those that do not.
local function within(tracks, from, to)
  local heard, silent = {}, {}
  for _, track in ipairs(tracks) do
    for _, result in ipairs(M.on_track(track)) do
      local first, last = ranges.bounds(result.item)
      local list = M.plays(result) and heard or silent
      if first <= to and from <= last then list[#list + 1] = result end
    end
  end
  for _, result in ipairs(silent) do heard[#heard + 1] = result end
  return heard
end

--- Tracks of ours that belong to `tracks`, and these.
local function with_siblings(project, tracks)
  local guids, list = {}, {}
  for _, track in ipairs(tracks) do
    guids[host.track_text(track, "GUID")] = true
    list[#list + 1] = track
  end
  for _, track in ipairs(host.tracks(project)) do
    local owner = host.track_text(track, M.TRACK_KEY):match("^{.-}")
    if owner and guids[owner] and not guids[host.track_text(track, "GUID")] then list[#list + 1] = track end
  end
  return list
end

--- The results that the user means: selected items; else those in the time selection or under the cursor, on selected
-- tracks and the tracks of ours beside them; else on any track of ours. The first one is the one to speak of.
function M.selected(project)
  local found = {}
  for _, item in ipairs(host.selected_items(project)) do
    local take = host.active_take(item)
    if take then add(found, host.track_of(item), item, take) end
  end
  if #found > 0 then return found end
  local from, to = host.time_selection(project)
  if to <= from then from, to = host.cursor(project), host.cursor(project) end
  found = within(with_siblings(project, host.selected_tracks(project)), from, to)
  if #found > 0 then return found end
  local ours = {}
  for _, track in ipairs(host.tracks(project)) do
    if M.is_ours(track) then ours[#ours + 1] = track end
  end
  return within(ours, from, to)
end

return M
