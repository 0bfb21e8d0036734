--- What the project says about time, harmony, form and words at a place of the timeline, as requests tell it.
local host = require("reaper.host")
local spans = require("shared.span")
local text = require("shared.text")
local wishes = require("shared.wishes")

local M = {}

local METER_DENOMINATORS = { [1] = true, [2] = true, [4] = true, [8] = true, [16] = true }
local MOST_SECTION, MOST_CHANGES = 64, 1000
local KEY = "key"

local function meter_of(numerator, denominator)
  if numerator < 1 or numerator > 32 or not METER_DENOMINATORS[denominator] then return nil end
  return string.format("%d/%d", numerator, denominator)
end

local function tempo_of(bpm) return bpm >= 20 and bpm <= 400 and bpm or nil end

--- Tempo markers between `from` and `to`, and ramps that go in or out, in samples after `from`.
local function changes(project, from, to, rate)
  local found, last = {}, nil
  local half = 0.5 / rate
  for _, marker in ipairs(host.tempo_markers(project)) do
    if marker.at <= from + half then
      last = marker
    elseif marker.at < to - half then
      if last and last.ramp and #found == 0 then found[1] = { at = 0, ramp = true } end
      local at = spans.samples(marker.at - from, rate)
      if found[#found] and found[#found].at >= at then table.remove(found) end
      found[#found + 1] = { at = at, bpm = tempo_of(marker.bpm), meter = meter_of(marker.numerator, marker.denominator),
        ramp = marker.ramp or nil }
      last = marker
    elseif last and last.ramp then
      if #found == 0 then found[1] = { at = 0, ramp = true } end
      local heard = host.music_at(project, to)
      found[#found + 1] = { at = spans.samples(to - from, rate), bpm = tempo_of(heard.bpm) }
      break
    else
      break
    end
  end
  while #found > MOST_CHANGES do table.remove(found) end
  return found
end

--- The key that the user has written down: in the project's notes as a line "Key: D minor", or in our own setting.
local function key_of(project)
  local own = wishes.key(host.project_text(project, KEY))
  if own and own ~= "" then return own end
  for line in (host.project_notes(project) .. "\n"):gmatch("(.-)\r?\n") do
    local key = line:match("^%s*[Kk][Ee][Yy]%s*[:=]%s*(.-)%s*$")
    local found = key and wishes.key(key)
    if found and found ~= "" then return found end
  end
  return nil
end

--- Music of the range from second `from` to `to`, counted at `rate`; and the samples of the bar that `edge` (`from` if
-- left out) lies in. What the protocol cannot hold is left out.
function M.of(project, from, to, rate, edge)
  -- Half a sample on: a position that means "on the bar line" may lie a billionth of a second before it.
  local half = 0.5 / rate
  local heard = host.music_at(project, from + half)
  local region = host.region_at(project, from + half)
  local fields = {
    since_bar = math.max(0, spans.samples(from - heard.bar_start, rate)),
    bpm = tempo_of(heard.bpm), meter = meter_of(heard.numerator, heard.denominator), key = key_of(project),
    changes = changes(project, from, to, rate),
    section = region and region.name ~= "" and text.shortened(region.name, MOST_SECTION) or nil,
  }
  local bar = edge and host.music_at(project, edge) or heard
  return fields, (bar.bar_end - bar.bar_start) * rate
end

--- The words in the notes of `items`, which belong together; "" if there are none.
function M.words(items)
  local found = {}
  for _, item in ipairs(items) do
    local notes = host.item_text(item, "P_NOTES"):gsub("\r\n?", "\n"):match("^%s*(.-)%s*$")
    if notes ~= "" then found[#found + 1] = notes end
  end
  return table.concat(found, "\n")
end

return M
