--- Lyrics: one field; for an edit several versions side by side, which become one job each.
local text = require("shared.text")

local M = {}

local HEIGHT = 130

local function area(gui, context, drafts, index)
  local changed, typed =
    gui.InputTextMultiline(context, "##version" .. index, drafts.versions[index], -1, HEIGHT)
  if changed then drafts.versions[index] = typed end
end

local function buttons(gui, context, drafts)
  gui.BeginDisabled(context, not drafts:can_add_version())
  if gui.Button(context, text.say("panel_add_version")) then drafts:add_version() end
  gui.EndDisabled(context)
  gui.SameLine(context)
  gui.BeginDisabled(context, #drafts.versions == 1)
  if gui.Button(context, text.say("panel_drop_version")) then drafts:drop_version() end
  gui.EndDisabled(context)
end

local function side_by_side(gui, context, drafts)
  local count = #drafts.versions
  if not gui.BeginTable(context, "versions", count, gui.TableFlags_SizingStretchSame) then return end
  for index = 1, count do
    gui.TableNextColumn(context)
    gui.Text(context, text.say("panel_version", { number = index }))
    area(gui, context, drafts, index)
  end
  gui.EndTable(context)
end

--- Draws the lyrics of `verb`.
function M.draw(gui, context, drafts, verb)
  gui.Text(context, text.say("panel_lyrics"))
  if verb.id ~= "edit" then return area(gui, context, drafts, 1) end
  side_by_side(gui, context, drafts)
  buttons(gui, context, drafts)
end

return M
