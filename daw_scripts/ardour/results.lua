--- Results of ours in the session: which are selected, which variants belong together, and what can be done with them.
local changes = require("ardour.host.changes")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")
local tracks = require("ardour.host.tracks")

local M = {}

local KEPT = "✓ "

local function basename(path) return path:match("[^/\\]*$") end

local function entry_of(region, entries)
  local source = region.sources and region.sources[1]
  return source and entries[basename(source.path)]
end

--- The results among the regions of one track: `{region, track, entry}`.
local function on_track(track, entries)
  local list = {}
  for _, region in ipairs(tracks.regions(track.id)) do
    local entry = entry_of(region, entries)
    if entry then list[#list + 1] = { region = region, track = track, entry = entry } end
  end
  return list
end

--- Whether the editor's selection holds `result`: as a region, or inside a range on its track. A range means what is
-- heard in it.
local function is_meant(result, selection)
  for _, id in ipairs(selection.regions) do
    if id == result.region.id then return true end
  end
  if not selection.from or result.region.is_muted then return false end
  local from, to = result.region.position, result.region.position + result.region.length
  for _, id in ipairs(selection.tracks) do
    if id == result.track.id and from < selection.to and to > selection.from then return true end
  end
  return false
end

--- The results that are selected, in the order of their tracks.
function M.selected(desk)
  local entries, selection, list = desk.ledger:read(), timeline.selection(), {}
  for _, track in ipairs(tracks.all()) do
    for _, result in ipairs(on_track(track, entries)) do
      if is_meant(result, selection) then list[#list + 1] = result end
    end
  end
  return list
end

--- All results of `job` on `track`, and its notes wherever they lie; by number, the sound first.
local function variants_on(track, job, entries)
  local list = {}
  local function look(at)
    for _, result in ipairs(on_track(at, entries)) do
      if result.entry.job == job then list[#list + 1] = result end
    end
  end
  look(track)
  for _, with_notes in ipairs(#list > 0 and tracks.midi() or {}) do look(with_notes) end
  table.sort(list, function(one, other)
    local first, second = one.entry, other.entry
    if first.number ~= second.number then return first.number < second.number end
    return not one.region.is_notes and other.region.is_notes == true
  end)
  return list
end

--- All results on the track of `result` that belong to its job, and its notes; by number.
function M.variants(desk, result) return variants_on(result.track, result.entry.job, desk.ledger:read()) end

--- The results of `job` on the track `id`.
function M.on(desk, id, job)
  local list = {}
  for _, result in ipairs(on_track({ id = id }, desk.ledger:read())) do
    if result.entry.job == job then list[#list + 1] = result end
  end
  return list
end

--- The tracks that `list` lies on, each once.
local function tracks_of(list)
  local ids, seen = {}, {}
  for _, result in ipairs(list) do
    if not seen[result.track.id] then ids[#ids + 1] = result.track.id end
    seen[result.track.id] = true
  end
  return ids
end

--- Lets the variants called `number` be heard and the others of the job not, in one undo step.
function M.choose(variants, number)
  local label = text.say("undo_choose", { number = number })
  return changes.in_one_undo_step(label, tracks_of(variants), function(playlists)
    for _, result in ipairs(variants) do
      changes.show_region(playlists[result.track.id], result.region.id, result.entry.number == number)
    end
    return true
  end)
end

--- Writes down that of `variants` those called `number` are kept.
local function note_kept(desk, variants, number)
  for _, result in ipairs(variants) do
    result.entry.kept = result.entry.number == number or nil
    desk.ledger:add(result.entry)
  end
end

--- Whether take `number` of `job` was ever laid in here.
function M.knows(desk, job, number)
  for _, entry in pairs(desk.ledger:read()) do
    if entry.job == job and entry.number == number then return true end
  end
  return false
end

--- Lets the take `number` of `job`, which was chosen elsewhere, be heard wherever its variants lie. What was kept here
-- comes back as such an event too: it is known by the ledger, and may have been undone meanwhile.
function M.place(desk, job, number)
  local entries = desk.ledger:read()
  for _, track in ipairs(tracks.all()) do
    local variants, is_new = variants_on(track, job, entries), false
    for _, result in ipairs(variants) do
      is_new = is_new or result.entry.number == number and not result.entry.kept
    end
    if is_new then
      M.choose(variants, number)
      note_kept(desk, variants, number)
    end
  end
end

--- Marks the variants called `number` as kept, lets them be heard, and tells the bridge if it is there.
function M.keep(desk, variants, number)
  local label = text.say("undo_keep", { number = number })
  local done, fault = changes.in_one_undo_step(label, tracks_of(variants), function(playlists)
    for _, result in ipairs(variants) do
      local is_kept, playlist = result.entry.number == number, playlists[result.track.id]
      local plain = result.region.name:gsub("^" .. KEPT, "")
      changes.show_region(playlist, result.region.id, is_kept)
      changes.rename(playlist, result.region.id, is_kept and KEPT .. plain or plain)
    end
    return true
  end)
  if not done then return nil, fault end
  note_kept(desk, variants, number)
  desk:ask({ request = "choose", job = variants[1].entry.job, number = number })
  return true
end

--- Takes the regions of `list` away, in one undo step; the files stay.
function M.discard(list)
  return changes.in_one_undo_step(text.say("undo_discard"), tracks_of(list), function(playlists)
    for _, result in ipairs(list) do changes.take_away(playlists[result.track.id], result.region.id) end
    return true
  end)
end

return M
