--- Fixed lanes (REAPER 7): a sibling track for variants, and which lane of it is free and heard.
--
-- The user's own track is left alone, because lanes change how a track records; only a track that has fixed lanes
-- already gets the variants itself, in lanes of their own that do not play until they are chosen.
local host = require("reaper.host")
local text = require("shared.text")

local M = {}

local FIXED_LANES = 2
local SIBLING_KEY = "P_EXT:dawbridge_variants_of"

function M.name(track)
  local name = host.track_text(track, "P_NAME")
  if name ~= "" then return name end
  return text.say("unnamed_track", { number = host.track_integer(track, "IP_TRACKNUMBER") })
end

--- The track that holds the variants of `track`; nil if there is none yet.
function M.find_sibling(project, track)
  local guid = host.track_text(track, "GUID")
  for _, other in ipairs(host.tracks(project)) do
    if host.track_text(other, SIBLING_KEY) == guid then return other end
  end
  return nil
end

--- A folder ends at its last track's negative depth; a sibling below that track becomes the last and takes it over.
local function insert_below(project, track)
  local depth = host.track_integer(track, "I_FOLDERDEPTH")
  local sibling = host.insert_track(project, host.track_integer(track, "IP_TRACKNUMBER"))
  if depth < 0 then
    host.set_track(track, "I_FOLDERDEPTH", 0)
    host.set_track(sibling, "I_FOLDERDEPTH", depth)
  end
  return sibling
end

--- The track where variants of `track` belong; made if it is not there.
function M.track_for(project, track)
  if host.track_integer(track, "I_FREEMODE") == FIXED_LANES then return track end
  local sibling = M.find_sibling(project, track)
  if sibling then return sibling end
  sibling = insert_below(project, track)
  host.set_track_text(sibling, "P_NAME", text.say("variants_track", { track = M.name(track) }))
  host.set_track_text(sibling, SIBLING_KEY, host.track_text(track, "GUID"))
  for _, key in ipairs({ "D_VOL", "D_PAN", "I_NCHAN" }) do
    host.set_track(sibling, key, host.track_number(track, key))
  end
  host.set_track(sibling, "C_BEATATTACHMODE", host.TIMEBASE_TIME)
  host.set_track(sibling, "I_FREEMODE", FIXED_LANES)
  host.refresh_timeline()
  return sibling
end

--- `count` lanes of `track`, 0-based, where nothing lies between `from` and `to`; `below_all` takes new ones only.
-- Returns them, and how many lanes the track had before.
function M.choose(track, from, to, count, below_all)
  local taken, have = {}, host.track_integer(track, "I_NUMFIXEDLANES")
  for _, item in ipairs(host.items_on(track)) do
    local position = host.item_number(item, "D_POSITION")
    if position < to and from < position + host.item_number(item, "D_LENGTH") then
      taken[math.tointeger(host.item_number(item, "I_FIXEDLANE"))] = true
    end
  end
  local chosen, lane = {}, below_all and have or 0
  while #chosen < count do
    if not taken[lane] then chosen[#chosen + 1] = lane end
    lane = lane + 1
  end
  host.set_track(track, "I_NUMFIXEDLANES", math.max(have, chosen[count] + 1))
  return chosen, have
end

--- Whether everything on the track lies in the lanes of this job.
local function is_alone(track, chosen)
  local ours = {}
  for _, lane in ipairs(chosen) do ours[lane] = true end
  for _, item in ipairs(host.items_on(track)) do
    if not ours[math.tointeger(host.item_number(item, "I_FIXEDLANE"))] then return false end
  end
  return true
end

--- Names the lanes, `had` of which were there before, and lets the first be heard unless something else would fall
-- silent. [U new-lanes] they may come up playing along with the others, so each is told not to. Returns whether the
-- first is heard.
function M.finish(project, track, chosen, had)
  -- After the items: lanes at the bottom that are empty are taken away.
  host.refresh_lanes(project)
  for _, lane in ipairs(chosen) do
    local key = "P_LANENAME:" .. lane
    local name = text.say("lane", { number = lane + 1 })
    if host.track_text(track, key) == "" then host.set_track_text(track, key, name) end
    if lane >= had then host.set_track(track, "C_LANEPLAYS:" .. lane, 0) end
  end
  local key = "C_LANEPLAYS:" .. chosen[1]
  if is_alone(track, chosen) then host.set_track(track, key, 1) end
  return host.track_number(track, key) > 0
end

return M
