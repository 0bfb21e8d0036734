--- The part of the form that most people never open: backend, sampling, LoRAs.
local settings = require("reaper.panel.settings")
local text = require("shared.text")

local M = {}

local NUMBER_WIDTH = 120

--- A list to choose from; the first choice, "", is what the backend does by itself.
local function combo(gui, context, caption, drafts, name, choices)
  local chosen = drafts.settings[name] or ""
  gui.SetNextItemWidth(context, NUMBER_WIDTH)
  local shown = chosen == "" and text.say("panel_own_choice") or chosen
  if not gui.BeginCombo(context, caption, shown) then return end
  if gui.Selectable(context, text.say("panel_own_choice"), chosen == "") then drafts.settings[name] = "" end
  for _, choice in ipairs(choices) do
    if gui.Selectable(context, choice, chosen == choice) then drafts.settings[name] = choice end
  end
  gui.EndCombo(context)
end

local function one(gui, context, drafts, field)
  local caption = settings.caption(field.name)
  if field.choices then
    combo(gui, context, caption, drafts, field.name, field.choices)
  elseif field.type == "boolean" then
    combo(gui, context, caption, drafts, field.name, { text.say("panel_yes"), text.say("panel_no") })
  else
    gui.SetNextItemWidth(context, NUMBER_WIDTH)
    local changed, typed = gui.InputText(context, caption, drafts.settings[field.name] or "")
    if changed then drafts.settings[field.name] = typed end
  end
  if gui.IsItemHovered(context, gui.HoveredFlags_DelayShort) then gui.SetTooltip(context, field.doc) end
end

local function language(gui, context, drafts)
  gui.SetNextItemWidth(context, NUMBER_WIDTH)
  local changed, typed = gui.InputText(context, text.say("panel_language"), drafts.settings.language or "")
  if changed then drafts.settings.language = typed end
end

local function lora_rows(gui, context, drafts)
  gui.SeparatorText(context, text.say("panel_loras"))
  for index, lora in ipairs(drafts.loras) do
    gui.PushID(context, "lora" .. index)
    gui.SetNextItemWidth(context, -230)
    local changed, path = gui.InputText(context, text.say("panel_lora_path"), lora.path)
    if changed then lora.path = path end
    gui.SameLine(context)
    gui.SetNextItemWidth(context, 70)
    local moved, weight = gui.InputDouble(context, text.say("panel_lora_weight"), lora.weight)
    if moved then lora.weight = weight end
    gui.SameLine(context)
    local is_dropped = gui.SmallButton(context, text.say("panel_drop_lora"))
    gui.PopID(context)
    if is_dropped then
      table.remove(drafts.loras, index)
      break
    end
  end
  if gui.Button(context, text.say("panel_add_lora")) then
    drafts.loras[#drafts.loras + 1] = { path = "", weight = 1.0 }
  end
end

--- Draws the header and, where it is open, what stands below it. `backends`: their names; `known`: the settings that
-- mean something to the one that is chosen, name → true, or nil where nobody knows.
function M.draw(gui, context, drafts, backends, known)
  if not gui.CollapsingHeader(context, text.say("panel_advanced")) then return end
  gui.PushID(context, "advanced")
  combo(gui, context, text.say("panel_backend"), drafts, "backend", backends)
  if not known or known.language then language(gui, context, drafts) end
  for _, field in ipairs(settings.fields()) do
    if not known or known[field.name] then one(gui, context, drafts, field) end
  end
  if known and not next(known) then gui.TextWrapped(context, text.say("panel_no_settings")) end
  if not known or known.loras then lora_rows(gui, context, drafts) end
  gui.PopID(context)
end

return M
