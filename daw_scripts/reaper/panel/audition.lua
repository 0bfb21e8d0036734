--- The selected result: its variants to listen to, one after the other at the same place, and what can be done with it.
local text = require("shared.text")

local M = {}

local function variants(gui, context, desk, shown)
  for _, variant in ipairs(shown.variants) do
    local name = variant.is_kept and "panel_variant_kept" or "panel_variant"
    gui.PushID(context, "variant" .. variant.number)
    if gui.RadioButton(context, text.say(name, { number = variant.number }), variant.plays) then
      desk:listen(variant.number)
    end
    if variant.name ~= "" and gui.IsItemHovered(context, gui.HoveredFlags_DelayShort) then
      gui.SetTooltip(context, variant.name)
    end
    gui.PopID(context)
  end
end

local function button(gui, context, name, reason)
  gui.BeginDisabled(context, reason ~= nil)
  local is_pressed = gui.Button(context, text.say(name))
  gui.EndDisabled(context)
  if reason and gui.IsItemHovered(context, gui.HoveredFlags_AllowWhenDisabled) then gui.SetTooltip(context, reason) end
  return is_pressed
end

--- Draws what is selected of ours. `choose(verb)` opens the form of a verb, `again(is_refined)` makes it once more.
function M.draw(gui, context, desk, choose, again)
  gui.SeparatorText(context, text.say("panel_results"))
  local shown = desk:result()
  if not shown then return gui.TextWrapped(context, text.say("panel_no_results")) end
  gui.PushID(context, "result")
  gui.Text(context, shown.title)
  variants(gui, context, desk, shown)
  for _, remark in ipairs(shown.remarks) do gui.TextWrapped(context, remark) end
  if button(gui, context, "panel_keep") then desk:keep() end
  gui.SameLine(context)
  if button(gui, context, "panel_discard") then desk:discard() end
  gui.SameLine(context)
  if button(gui, context, "panel_retake", desk:reason("retake")) then choose("retake") end
  gui.SameLine(context)
  if button(gui, context, "panel_again", desk:reason("again")) then again(false) end
  if shown.is_draft then
    gui.SameLine(context)
    if button(gui, context, "panel_finish_draft", desk:reason("again")) then again(true) end
  end
  gui.PopID(context)
end

return M
