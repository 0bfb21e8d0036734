--- What the user means by "this": which seconds, and on which tracks. Razor edits before the time selection before
--- selected items before the region under the cursor.
local host = require("reaper.host")

local M = {}

local FIXED_LANES = 2

--- On tracks that we have made: which track (and what beside it) they hold results of.
M.RESULTS_KEY = "P_EXT:dawbridge_variants_of"

--- The media areas of one P_RAZOREDITS_EXT text as `{from, to}`; areas of envelopes are none of ours.
function M.parse_razor(text)
  local areas = {}
  for area in text:gmatch("[^,]+") do
    local from, to, rest = area:match("^%s*(%S+)%s+(%S+)%s*(.*)$")
    local envelope = rest and rest:match('^"([^"]*)"') or rest and rest:match("^{") or ""
    from, to = tonumber(from), tonumber(to)
    if from and to and to > from and envelope == "" then areas[#areas + 1] = { from = from, to = to } end
  end
  return areas
end

--- Start and end of `item` on the timeline.
function M.bounds(item)
  local position = host.item_number(item, "D_POSITION")
  return position, position + host.item_number(item, "D_LENGTH")
end

local function touches(item, from, to)
  local first, last = M.bounds(item)
  return first < to and from < last
end

--- Whether `item` can be heard: neither muted nor in a lane that does not play. `C_LANEPLAYS` is 0 or below there.
function M.is_heard(item, track)
  if host.item_number(item, "B_MUTE") ~= 0 then return false end
  return host.track_number(track, "I_FREEMODE") ~= FIXED_LANES or host.item_number(item, "C_LANEPLAYS") > 0
end

--- The items of `track` that can be heard between `from` and `to`, from left to right.
function M.heard_on(track, from, to)
  local items = {}
  for _, item in ipairs(host.items_on(track)) do
    if touches(item, from, to) and M.is_heard(item, track) then items[#items + 1] = item end
  end
  table.sort(items, function(one, other) return (M.bounds(one)) < (M.bounds(other)) end)
  return items
end

--- Razor edits: one range, on one or more tracks. nil where there are none.
local function razor(project)
  local found
  for _, track in ipairs(host.tracks(project)) do
    for _, area in ipairs(M.parse_razor(host.razor_areas(track))) do
      found = found or { from = area.from, to = area.to, tracks = {}, kind = "razor", count = 0 }
      found.count = found.count + 1
      if area.from ~= found.from or area.to ~= found.to or found.tracks[#found.tracks] == track then
        found.is_ragged = true
      end
      found.tracks[#found.tracks + 1] = track
    end
  end
  return found
end

--- The tracks of `items`, each once, from top to bottom.
local function tracks_of(project, items)
  local holds, tracks = {}, {}
  for _, item in ipairs(items) do holds[host.track_of(item)] = true end
  for _, track in ipairs(host.tracks(project)) do
    if holds[track] then tracks[#tracks + 1] = track end
  end
  return tracks
end

--- The range that the user has marked: `{from, to, kind, items (selected), tracks (razor only)}`, kind "razor", "time",
-- "items" or "region"; nil, the name of a sentence and its values where nothing is marked.
function M.marked(project)
  local areas = razor(project)
  local selected = host.selected_items(project)
  if areas and areas.is_ragged then return nil, "several_areas", { count = areas.count } end
  if areas then
    areas.items = {}
    return areas
  end
  local from, to = host.time_selection(project)
  if to > from then return { from = from, to = to, items = selected, kind = "time" } end
  if #selected > 0 then
    from, to = M.bounds(selected[1])
    for _, item in ipairs(selected) do
      local first, last = M.bounds(item)
      from, to = math.min(from, first), math.max(to, last)
    end
    return { from = from, to = to, items = selected, kind = "items" }
  end
  local region = host.region_at(project, host.cursor(project))
  if region then return { from = region.from, to = region.to, items = {}, kind = "region" } end
  return nil, "nothing_selected", {}
end

local function with_sound(tracks, from, to)
  local found = {}
  for _, track in ipairs(tracks) do
    local items = M.heard_on(track, from, to)
    if #items > 0 then found[#found + 1] = { track = track, items = items } end
  end
  return found
end

--- What sounds in `range`, as a list of `{track, items}`: on the razor's tracks; else on those of the selected items;
-- else on the selected tracks; else on any. nil, the name of a sentence and its values where nothing does.
function M.sounding(project, range)
  local from, to = range.from, range.to
  if range.tracks then
    local found = with_sound(range.tracks, from, to)
    if #found == 0 then return nil, "no_item", {} end
    return found
  end
  if #range.items > 0 then
    local inside = {}
    for _, item in ipairs(range.items) do
      if touches(item, from, to) then inside[#inside + 1] = item end
    end
    if #inside == 0 then return nil, "no_overlap", {} end
    return M.chosen(project, inside, from, to)
  end
  local found = with_sound(host.selected_tracks(project), from, to)
  if #found == 0 then found = M.without_results(with_sound(host.tracks(project), from, to)) end
  if #found == 0 then return nil, "no_item", {} end
  return found
end

--- `targets` but for those on tracks that we have made, unless there are no others: who selects no track means the
-- song.
function M.without_results(targets)
  local others = {}
  for _, target in ipairs(targets) do
    if host.track_text(target.track, M.RESULTS_KEY) == "" then others[#others + 1] = target end
  end
  return #others > 0 and others or targets
end

--- The tracks of `items` with what sounds there. A selected item is meant even where it is muted: then it alone.
function M.chosen(project, items, from, to)
  local found = {}
  for _, track in ipairs(tracks_of(project, items)) do
    local heard, is_among = M.heard_on(track, from, to), {}
    for _, item in ipairs(heard) do is_among[item] = true end
    local own = {}
    for _, item in ipairs(items) do
      if host.track_of(item) == track and not is_among[item] then own[#own + 1] = item end
    end
    found[#found + 1] = { track = track, items = #own > 0 and own or heard }
  end
  return found
end

--- The one item whose edge is meant: the selected one, or what sounds in the range or under the cursor.
function M.edge_item(project)
  local selected = host.selected_items(project)
  if #selected == 1 then return selected[1] end
  if #selected > 1 then return nil, "several_items", { count = #selected } end
  local range, reason, values = M.marked(project)
  if not range then return nil, reason, values end
  local found
  found, reason, values = M.sounding(project, range)
  if not found then return nil, reason, values end
  if #found > 1 then return nil, "several_tracks_edge", { count = #found } end
  if #found[1].items > 1 then return nil, "several_items", { count = #found[1].items } end
  return found[1].items[1]
end

return M
