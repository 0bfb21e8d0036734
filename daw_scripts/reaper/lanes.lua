--- Where variants lie: a track of ours beside the user's, with fixed lanes on REAPER 7, and which lane of it is heard.
--
-- The user's own track is left alone, because lanes change how a track records; only a track that has fixed lanes
-- already gets the variants itself, in lanes of their own that do not play until they are chosen. Every job has lanes
-- of its own, so that choosing a variant of one range changes nothing in another.
local host = require("reaper.host")
local ranges = require("reaper.ranges")
local results = require("reaper.results")
local text = require("shared.text")

local M = {}

local FIXED_LANES = 2

--- The track's name, or "Track 3".
function M.name(track)
  local name = host.track_text(track, "P_NAME")
  if name ~= "" then return name end
  return text.say("unnamed_track", { number = host.track_integer(track, "IP_TRACKNUMBER") })
end

function M.has_lanes(track) return host.track_integer(track, "I_FREEMODE") == FIXED_LANES end

--- Our track that is marked with `key`; nil if there is none yet.
function M.find_sibling(project, key)
  for _, other in ipairs(host.tracks(project)) do
    if host.track_text(other, results.TRACK_KEY) == key then return other end
  end
  return nil
end

--- Makes `count` tracks right below `track` (nil: at the end). A folder ends at its last track's negative depth; the
-- last of them takes that over.
function M.insert_below(project, track, count)
  local index, depth, made = #host.tracks(project), 0, {}
  if track then
    index, depth = host.track_integer(track, "IP_TRACKNUMBER"), host.track_integer(track, "I_FOLDERDEPTH")
  end
  for number = 1, count do
    made[number] = host.insert_track(project, index + number - 1)
    host.set_track(made[number], "C_BEATATTACHMODE", host.TIMEBASE_TIME)
  end
  if depth < 0 then
    host.set_track(track, "I_FOLDERDEPTH", 0)
    host.set_track(made[count], "I_FOLDERDEPTH", depth)
  end
  return made
end

--- Marks and names a new track of ours, and gives it lanes where there are such.
function M.dress(track, key, name)
  host.set_track_text(track, "P_NAME", name)
  host.set_track_text(track, results.TRACK_KEY, key)
  if host.version() < 7 then return end
  host.set_track(track, "I_FREEMODE", FIXED_LANES)
  host.refresh_timeline()
end

--- The track for results beside `track` (nil for none), found by `key` or made and called `name`. `is_level` gives a
-- new one the volume and pan of `track`.
function M.track_for(project, track, key, name, is_level)
  local found = M.find_sibling(project, key)
  if found then return found end
  found = M.insert_below(project, track, 1)[1]
  for _, setting in ipairs(track and { "D_VOL", "D_PAN", "I_NCHAN" } or {}) do
    if is_level or setting == "I_NCHAN" then host.set_track(found, setting, host.track_number(track, setting)) end
  end
  M.dress(found, key, name)
  return found
end

local function lane_of(item) return math.tointeger(host.item_number(item, "I_FIXEDLANE")) end

--- `count` lanes of `track` (0-based) that hold nothing; `are_new` takes new ones only.
function M.choose(track, count, are_new)
  local taken, have = {}, host.track_integer(track, "I_NUMFIXEDLANES")
  for _, item in ipairs(host.items_on(track)) do taken[lane_of(item)] = true end
  local chosen, lane = {}, are_new and have or 0
  while #chosen < count do
    if not taken[lane] then chosen[#chosen + 1] = lane end
    lane = lane + 1
  end
  host.set_track(track, "I_NUMFIXEDLANES", math.max(have, chosen[count] + 1))
  return chosen
end

local function plays(track, lane) return host.track_number(track, "C_LANEPLAYS:" .. lane) > 0 end

--- Lets `lane` be heard, beside other lanes that play. [U lane-plays] 1 plays alone, 2 along with others, 0 not at all.
function M.hear(track, lane)
  local alone = true
  for other = 0, host.track_integer(track, "I_NUMFIXEDLANES") - 1 do
    if other ~= lane and plays(track, other) then alone = false end
  end
  host.set_track(track, "C_LANEPLAYS:" .. lane, alone and 1 or 2)
end

function M.silence(track, lane) host.set_track(track, "C_LANEPLAYS:" .. lane, 0) end

--- Silences lanes with results that sound between `from` and `to`, but for those in `ours`; lanes of the user's own
-- stay as they are.
function M.make_way(track, ours, from, to)
  for _, item in ipairs(ranges.heard_on(track, from, to)) do
    local take, lane = host.active_take(item), lane_of(item)
    if take and not ours[lane] and results.mark_of(take) then M.silence(track, lane) end
  end
end

--- After the items: names the lanes `chosen` of `track` and lets the first be heard between `from` and `to`; none where
-- `is_silent`. [U new-lanes] new lanes may come up playing along with the others, so each is told not to. `is_new`: the
-- track holds nothing else.
function M.finish(track, chosen, names, from, to, is_silent, is_new)
  local ours = {}
  for index, lane in ipairs(chosen) do
    ours[lane] = true
    host.set_track_text(track, "P_LANENAME:" .. lane, names[index])
    M.silence(track, lane)
  end
  if is_silent then return end
  if is_new then return host.set_track(track, "C_LANEPLAYS:" .. chosen[1], 1) end
  M.make_way(track, ours, from, to)
  M.hear(track, chosen[1])
end

return M
