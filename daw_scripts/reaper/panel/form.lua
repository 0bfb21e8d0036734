--- The form of a verb: a widget for each field. What is typed stays text, as shared/wishes.lua reads it.
local lyrics = require("reaper.panel.lyrics")
local text = require("shared.text")
local wishes = require("shared.wishes")

local M = {}

local LYRICS_HEIGHT = 110

local function caption(field) return text.say("panel_" .. field) end

local function hint(field, roles)
  if field == "role" and #roles > 0 then return table.concat(roles, ", ") end
  local name = "panel_" .. field .. "_hint"
  return text.has(name) and text.say(name) or ""
end

local function tip(gui, context, field)
  local name = "panel_" .. field .. "_tip"
  if text.has(name) and gui.IsItemHovered(context, gui.HoveredFlags_DelayShort) then
    gui.SetTooltip(context, text.say(name))
  end
end

local draw = {}

function draw.line(gui, context, field, drafts, _, roles)
  gui.SetNextItemWidth(context, -110)
  local changed, typed = gui.InputTextWithHint(context, caption(field), hint(field, roles), drafts:get(field))
  if changed then drafts:set(field, typed) end
end

draw.key, draw.length, draw.file = draw.line, draw.line, draw.line

function draw.lines(gui, context, field, drafts, verb)
  if field == "lyrics" then return lyrics.draw(gui, context, drafts, verb) end
  gui.Text(context, caption(field))
  local changed, typed =
    gui.InputTextMultiline(context, "##" .. field, drafts:get(field), -1, LYRICS_HEIGHT)
  if changed then drafts:set(field, typed) end
end

function draw.fraction(gui, context, field, drafts)
  gui.SetNextItemWidth(context, -110)
  local shown = tonumber((drafts:get(field):gsub(",", "."))) or 0
  local changed, value = gui.SliderDouble(context, caption(field), shown, 0, 1, "%.2f")
  if changed then drafts:set(field, string.format("%.2f", value)) end
  tip(gui, context, field)
end

function draw.whole(gui, context, field, drafts, verb, roles)
  local limits = wishes.fields[field]
  if limits.is_optional then return draw.line(gui, context, field, drafts, verb, roles) end
  gui.SetNextItemWidth(context, -110)
  local shown = math.tointeger(tonumber(drafts:get(field))) or limits.least
  local changed, value = gui.SliderInt(context, caption(field), shown, limits.least, limits.most)
  if changed then drafts:set(field, tostring(value)) end
end

function draw.yes_no(gui, context, field, drafts)
  local changed, is_on = gui.Checkbox(context, caption(field), drafts:get(field) == "yes")
  if changed then drafts:set(field, is_on and "yes" or "no") end
end

draw.mode = draw.yes_no

--- Draws `fields` of `verb`. `roles`: the stems that backends can add.
function M.draw(gui, context, drafts, verb, fields, roles)
  if #fields == 0 then gui.TextWrapped(context, text.say("panel_nothing_to_fill")) end
  for _, field in ipairs(fields) do draw[wishes.fields[field].kind](gui, context, field, drafts, verb, roles) end
end

return M
