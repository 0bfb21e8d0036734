--- The change itself: tracks, items and takes of a finished job. Runs inside one undo step; its sources are open
-- already.
local guests = require("shared.guests")
local host = require("reaper.host")
local lanes = require("reaper.lanes")
local pieces = require("reaper.pieces")
local playing = require("reaper.playing")
local replacing = require("reaper.replacing")
local results = require("reaper.results")
local text = require("shared.text")

local M = {}

local TAGS_SHOWN = 40
local FOLDERS = { stems = "stems_track", notes = "notes_track" }

local function plain_name(job, piece)
  local verb = text.say("verb_" .. job.place.verb)
  if piece.is_notes then
    return text.say("notes_name", { verb = verb, number = piece.number, role = piece.role })
  end
  if piece.role then return text.say("stem_name", { verb = verb, number = piece.number, role = piece.role }) end
  if job.place.version then
    return text.say("take_name_version", { verb = verb, number = piece.number, version = job.place.version })
  end
  local tags = text.shortened(job.request.tags or "", TAGS_SHOWN)
  return text.say(tags == "" and "take_name" or "take_name_tags", { verb = verb, number = piece.number, tags = tags })
end

local function take_name(job, piece)
  local name = plain_name(job, piece)
  return job.place.draft and text.say("draft_name", { name = name }) or name
end

--- Whether `piece` is to be made as loud as the original: notes have no level.
local function is_levelled(job, piece) return job.place.like_original and not piece.is_notes end

--- A new take of `item`: named, marked with its job, at the level of the original where the new audio has not got it
-- yet.
local function add_take(job, item, piece, spot)
  local take = host.add_take(item, piece.source)
  piece.is_laid = true
  host.set_take_text(take, "P_NAME", take_name(job, piece))
  host.set_take_text(take, results.TAKE_KEY, piece.mark)
  if is_levelled(job, piece) and spot.take then
    for _, key in ipairs({ "D_VOL", "D_PAN" }) do host.set_take(take, key, host.take_number(spot.take, key)) end
  end
  return take
end

local function add_item(job, spot, track, piece, seconds)
  local item = host.add_item(track)
  host.set_item(item, "D_POSITION", spot.position + piece.offset)
  host.set_item(item, "D_LENGTH", seconds)
  host.set_item(item, "B_LOOPSRC", 0)
  if is_levelled(job, piece) and spot.item then
    host.set_item(item, "D_VOL", host.item_number(spot.item, "D_VOL"))
  end
  return item
end

local function longest(group)
  local most = 0
  for _, piece in ipairs(group.pieces) do most = math.max(most, piece.seconds) end
  return most
end

--- The items of one track, each in a lane. Returns their takes, and the lanes.
local function items_in_lanes(job, spot, group, track, is_silent)
  local chosen, takes = lanes.choose(track, #group.pieces, is_silent), {}
  for index, piece in ipairs(group.pieces) do
    local item = add_item(job, spot, track, piece, piece.seconds)
    host.set_item(item, "I_FIXEDLANE", chosen[index])
    takes[index] = add_take(job, item, piece, spot)
    host.refresh_item(item)
  end
  return takes, chosen
end

--- All of a job in lanes. Returns its takes, and the first lane of the first track.
local function as_lanes(job, spot, groups, tracks, is_silent)
  local takes, chosen = {}, {}
  for index, group in ipairs(groups) do
    local laid
    laid, chosen[index] = items_in_lanes(job, spot, group, tracks[index], is_silent)
    table.move(laid, 1, #laid, #takes + 1, takes)
  end
  -- After all items, and once: lanes at the bottom that are empty are taken away.
  host.refresh_lanes(spot.project)
  for index, group in ipairs(groups) do
    local names, from = {}, spot.position + group.pieces[1].offset
    for number, piece in ipairs(group.pieces) do names[number] = text.say("lane", { number = piece.number }) end
    lanes.finish(tracks[index], chosen[index], names, from, from + longest(group), is_silent, group.role ~= nil)
  end
  return takes, chosen[1][1]
end

local function as_one_item(job, spot, group, track)
  local item = add_item(job, spot, track, group.pieces[1], longest(group))
  local takes = {}
  for index, piece in ipairs(group.pieces) do takes[index] = add_take(job, item, piece, spot) end
  host.activate_take(takes[1])
  host.refresh_item(item)
  return takes
end

local function as_takes_of_the_item(job, spot, group)
  local now, takes = playing.read(spot.item, spot.take), {}
  for index, piece in ipairs(group.pieces) do
    takes[index] = add_take(job, spot.item, piece, spot)
    -- The new file is the whole source with the span spliced in, so it starts where the source's file does.
    host.set_take(takes[index], "D_STARTOFFS", now.section_start + now.offset)
  end
  host.activate_take(takes[1])
  host.refresh_item(spot.item)
  return takes
end

--- Key and name of the track for the mix of `job`.
local function track_words(job, spot)
  local place = job.place
  local owner = spot.track and host.track_text(spot.track, "GUID") or "new/" .. guests.job_of(job)
  if place.of then return owner, guests.track_name(place.verb) end
  if place.verb == "layer" then
    local role = job.request.role or ""
    local name = role ~= "" and role or text.say("layer_track")
    return owner .. place.suffix .. "/" .. role, name
  end
  if not spot.track then return owner, text.say("generated_track") end
  return owner .. (place.suffix or ""), text.say("variants_track", { track = lanes.name(spot.track) })
end

--- Tracks for stems or notes (`kind`), one a role, in a folder of their own below the track `above`.
local function role_tracks(job, spot, groups, kind, above)
  local base = spot.track and lanes.name(spot.track) or text.say("generated_track")
  local made = lanes.insert_below(spot.project, above, #groups + 1)
  local owner = spot.track and host.track_text(spot.track, "GUID") or "new"
  host.set_track_text(made[1], "P_NAME", text.say(FOLDERS[kind], { track = base }))
  host.set_track(made[1], "I_FOLDERDEPTH", 1)
  local last = made[#made]
  host.set_track(last, "I_FOLDERDEPTH", host.track_integer(last, "I_FOLDERDEPTH") - 1)
  for index, group in ipairs(groups) do
    lanes.dress(made[index + 1], table.concat({ owner, kind, job.id, group.role }, "/"), group.role)
  end
  table.remove(made, 1)
  return made
end

local function tracks_for(job, spot, groups)
  if groups[1].role then return role_tracks(job, spot, groups, "stems", spot.track), false end
  local has_own_lanes = spot.track and lanes.has_lanes(spot.track) and not job.place.suffix
  if has_own_lanes then return { spot.track }, not results.is_ours(spot.track) end
  local key, name = track_words(job, spot)
  return { lanes.track_for(spot.project, spot.track, key, name, not job.place.is_mix) }, false
end

--- Silences the original where the user wished for it. Returns a sentence if something was left to be heard.
local function replace(job, spot)
  if not job.place.replace or not spot.track then return nil end
  local locked = replacing.silence(spot.track, spot.position, spot.position + job.place.length, job.id)
  return locked > 0 and text.say("locked_original", { what = job.place.range }) or nil
end

--- Lays `opened` pieces of `job` at `spot`. Returns `{takes, notice}`.
function M.lay(job, spot, opened)
  local groups, notes = pieces.grouped(opened)
  if job.place.manner == "takes" then return { takes = as_takes_of_the_item(job, spot, groups[1]) } end
  local notice = replace(job, spot)
  local tracks, is_users = tracks_for(job, spot, groups)
  if job.place.manner == "item" then
    local takes = {}
    for index, group in ipairs(groups) do
      local laid = as_one_item(job, spot, group, tracks[index])
      table.move(laid, 1, #laid, #takes + 1, takes)
    end
    return { takes = takes, notice = notice }
  end
  if #notes > 0 then
    local made = role_tracks(job, spot, notes, "notes", tracks[#tracks])
    tracks = table.move(made, 1, #made, #tracks + 1, table.move(tracks, 1, #tracks, 1, {}))
    table.move(notes, 1, #notes, #groups + 1, groups)
  end
  local is_silent = is_users and not job.place.replace
  local takes, lane = as_lanes(job, spot, groups, tracks, is_silent)
  if is_silent then
    local where = { range = job.place.range, lane = lane + 1, track = lanes.name(spot.track) }
    notice = text.say("other_lane", where)
  end
  return { takes = takes, notice = notice }
end

return M
