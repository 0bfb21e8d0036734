--- What the user means by "this": which item, from which second to which. Razor edit before time selection before
--- selected item before the region under the cursor.
local host = require("reaper.host")

local M = {}

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

local function razor(project)
  local found, first = 0, nil
  for _, track in ipairs(host.tracks(project)) do
    for _, area in ipairs(M.parse_razor(host.razor_areas(track))) do
      found = found + 1
      first = first or { from = area.from, to = area.to, track = track }
    end
  end
  return first, found
end

local function bounds(item)
  local position = host.item_number(item, "D_POSITION")
  return position, position + host.item_number(item, "D_LENGTH")
end

local function touches(item, from, to)
  local first, last = bounds(item)
  return first < to and from < last
end

--- Items that can be heard: neither muted nor in a lane that does not play. `C_LANEPLAYS` is 0 or below there.
local function is_heard(item, track)
  if host.item_number(item, "B_MUTE") ~= 0 then return false end
  return host.track_number(track, "I_FREEMODE") ~= 2 or host.item_number(item, "C_LANEPLAYS") > 0
end

local function heard_between(tracks, from, to)
  local items = {}
  for _, track in ipairs(tracks) do
    for _, item in ipairs(host.items_on(track)) do
      if touches(item, from, to) and is_heard(item, track) then items[#items + 1] = item end
    end
  end
  return items
end

local function only(items, none)
  if #items == 0 then return nil, none, {} end
  if #items > 1 then return nil, "several_items", { count = #items } end
  return items[1]
end

--- The item meant by a range: a selected one before those on selected tracks before any other.
local function item_between(project, from, to)
  local selected = host.selected_items(project)
  local inside = {}
  for _, item in ipairs(selected) do
    if touches(item, from, to) then inside[#inside + 1] = item end
  end
  if #selected > 0 then return only(inside, "no_overlap") end
  local tracks = host.selected_tracks(project)
  local items = heard_between(tracks, from, to)
  if #items == 0 then items = heard_between(host.tracks(project), from, to) end
  return only(items, "no_item")
end

--- Whether another item sounds together with `item` in the range: then its file is not what is heard there.
local function has_company(item, from, to)
  local others = 0
  for _, other in ipairs(heard_between({ host.track_of(item) }, from, to)) do
    if other ~= item then others = others + 1 end
  end
  return others
end

local function range(project)
  local area, count = razor(project)
  if count > 1 then return nil, "several_areas", { count = count } end
  if area then return area end
  local from, to = host.time_selection(project)
  if to > from then return { from = from, to = to } end
  local items = host.selected_items(project)
  if #items == 1 then
    from, to = bounds(items[1])
    return { from = from, to = to, item = items[1] }
  end
  if #items > 1 then return nil, "several_items", { count = #items } end
  from, to = host.region_at_cursor(project)
  if from then return { from = from, to = to } end
  return nil, "nothing_selected", {}
end

--- `{item, from, to}` in seconds of the timeline; nil, the name of a sentence and its values if that is not clear.
function M.pick(project)
  local chosen, reason, values = range(project)
  if not chosen then return nil, reason, values end
  local from, to, item = chosen.from, chosen.to, chosen.item
  if chosen.track then
    item, reason, values = only(heard_between({ chosen.track }, from, to), "no_item")
  elseif not item then
    item, reason, values = item_between(project, from, to)
  end
  if not item then return nil, reason, values end
  local first, last = bounds(item)
  local others = has_company(item, math.max(from, first), math.min(to, last))
  if others > 0 then return nil, "several_items", { count = others + 1 } end
  return { item = item, from = from, to = to }
end

return M
