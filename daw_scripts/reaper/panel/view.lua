--- The panel as a whole, drawn anew in every frame: engine, verbs, form, jobs, results, and what has to be said.
local advanced = require("reaper.panel.advanced")
local audition = require("reaper.panel.audition")
local form = require("reaper.panel.form")
local queue = require("reaper.panel.queue")
local text = require("shared.text")
local verbs = require("shared.verbs")

local M = {}
local View = {}
View.__index = View

local WIDTH, HEIGHT = 440, 720
local COLUMNS = 2
local CHOSEN, WARNING = 0x3F8F7AFF, 0xE0A040FF
--- What a verb needs whose lyrics and key may stand in the project.
local READS_SELECTION = { audio = true, edge = true, room = true }

--- A view with ReaImGui's `gui` (see reaper/host/extensions.lua) of what `desk` knows, with the user's `drafts`.
function M.new(gui, desk, drafts)
  return setmetatable({ gui = gui, desk = desk, drafts = drafts, fault = nil }, View)
end

--- Contexts that were not used for a frame are gone: then there is a new one.
function View:context()
  local gui = self.gui
  if not self.alive or not gui.ValidatePtr(self.alive, "ImGui_Context*") then
    self.alive = gui.CreateContext(text.say("panel_title"), gui.ConfigFlags_DockingEnable)
  end
  return self.alive
end

function View:choose(verb)
  self.drafts.verb, self.fault = verb, nil
end

function View:submit(verb)
  self.fault = self.desk:submit(verb)
  self.drafts:keep()
end

local function tooltip(gui, context, sentence)
  if not sentence then return end
  if gui.IsItemHovered(context, gui.HoveredFlags_AllowWhenDisabled) then gui.SetTooltip(context, sentence) end
end

function View:draw_engine(context)
  local gui, engine = self.gui, self.desk:engine()
  gui.TextWrapped(context, engine.sentence)
  if engine.can_start and gui.Button(context, text.say("panel_start")) then self.desk:start() end
end

function View:draw_verbs(context)
  local gui = self.gui
  if not gui.BeginTable(context, "verbs", COLUMNS, gui.TableFlags_SizingStretchSame) then return end
  for _, verb in ipairs(verbs.working()) do
    gui.TableNextColumn(context)
    local reason = self.desk:reason(verb.id)
    local is_chosen = verb.id == self.drafts.verb
    if is_chosen then gui.PushStyleColor(context, gui.Col_Button, CHOSEN) end
    gui.BeginDisabled(context, reason ~= nil)
    if gui.Button(context, text.say("verb_" .. verb.id) .. "##verb", -1) then self:choose(verb.id) end
    gui.EndDisabled(context)
    if is_chosen then gui.PopStyleColor(context) end
    tooltip(gui, context, reason)
  end
  gui.EndTable(context)
end

function View:draw_form(context)
  local gui, verb = self.gui, verbs.get(self.drafts.verb)
  gui.SeparatorText(context, text.say("verb_" .. verb.id))
  form.draw(gui, context, self.drafts, verb, self.desk:fields(verb), self.desk:roles())
  if READS_SELECTION[verb.needs] and gui.Button(context, text.say("panel_read")) then
    self.fault = self.desk:read_selection(verb.id)
  end
  if #verb.fields > 0 then
    advanced.draw(gui, context, self.drafts, self.desk:backends(), self.desk:settings())
  end
  if verb.needs ~= "take" then gui.TextWrapped(context, self.desk:selection()) end
  local reason = self.desk:reason(verb.id)
  gui.BeginDisabled(context, reason ~= nil)
  local is_pressed = gui.Button(context, text.say("panel_go", { verb = text.say("verb_" .. verb.id) }), -1)
  gui.EndDisabled(context)
  tooltip(gui, context, reason)
  if is_pressed then self:submit(verb.id) end
  if gui.Button(context, text.say("verb_open_panel"), -1) then self.desk:open_panel() end
  if not self.fault then return end
  gui.PushStyleColor(context, gui.Col_Text, WARNING)
  gui.TextWrapped(context, self.fault)
  gui.PopStyleColor(context)
end

--- Questions that stand in the way of a job, with a button for each answer.
function View:draw_question(context)
  local question, gui = self.desk:question(), self.gui
  if not question then return end
  gui.TextWrapped(context, question.sentence)
  for index, answer in ipairs(question.answers) do
    if index > 1 then gui.SameLine(context) end
    if gui.Button(context, answer.caption .. "##answer") then self.fault = self.desk:answer(answer.value) end
  end
end

function View:draw_notices(context)
  local gui, notices = self.gui, self.desk:notices()
  if #notices == 0 then return end
  gui.Separator(context)
  for _, sentence in ipairs(notices) do gui.TextWrapped(context, sentence) end
  if gui.Button(context, text.say("panel_understood")) then self.desk:clear_notices() end
end

--- The space bar plays, as everywhere in REAPER, unless something is being typed. [U imgui-keys] it comes here while
-- the panel has the keyboard.
function View:hear_keys(context)
  local gui = self.gui
  if gui.IsAnyItemActive(context) then return end
  if not gui.IsWindowFocused(context, gui.FocusedFlags_RootAndChildWindows) then return end
  if gui.IsKeyPressed(context, gui.Key_Space, false) then self.desk:play_or_stop() end
end

function View:draw_all(context)
  local gui = self.gui
  self:draw_engine(context)
  self:draw_verbs(context)
  self:draw_form(context)
  self:draw_question(context)
  self:draw_notices(context)
  queue.draw(gui, context, self.desk)
  audition.draw(gui, context, self.desk, function(verb) self:choose(verb) end, function(is_refined)
    self.fault = self.desk:again(is_refined)
  end)
  gui.Separator(context)
  gui.TextDisabled(context, text.say("footer"))
  gui.TextDisabled(context, text.say(self.desk:wire()))
  self:hear_keys(context)
end

--- After an error in the middle of a frame its context is of no use: from now on only `sentence` is shown.
function View:give_up(sentence)
  if not self.last_word then self.alive, self.last_word = nil, sentence end
end

--- Draws one frame. False once the user has closed the window.
function View:draw()
  local gui, context = self.gui, self:context()
  gui.SetNextWindowSize(context, WIDTH, HEIGHT, gui.Cond_FirstUseEver)
  local is_visible, is_open = gui.Begin(context, text.say("panel_title"), true)
  if is_visible then
    if self.last_word then gui.TextWrapped(context, self.last_word) else self:draw_all(context) end
    gui.End(context)
  end
  return is_open
end

return M
