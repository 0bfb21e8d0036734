--- Between the panel's window and the session: what there is to see, and what a press of a button does.
local form = require("reaper.form")
local host = require("reaper.host")
local ids = require("shared.ids")
local json = require("shared.json")
local offer = require("shared.offer")
local ranges = require("reaper.ranges")
local remarks = require("reaper.remarks")
local settings = require("reaper.panel.settings")
local steering = require("reaper.steering")
local subjects = require("reaper.subjects")
local text = require("shared.text")
local verbs = require("shared.verbs")

local M = {}
local Desk = {}
Desk.__index = Desk

--- Looking for what is selected takes a while in a large project.
local LOOK_SECONDS = 0.3

--- The desk of `session` (reaper/session.lua) with the user's `drafts`.
function M.new(session, drafts)
  return setmetatable({ session = session, drafts = drafts, next_look = 0, next_range = 0 }, Desk)
end

-- the bridge ------------------------------------------------------------------------------------------------------

--- `{sentence, can_start}`.
function Desk:engine()
  local has_bridge = self.session.courier.connection ~= nil
  if not has_bridge and self.started_at and host.now() - self.started_at < 10 then
    return { sentence = text.say("panel_starting"), can_start = false }
  end
  return { sentence = self.session:engine_text(), can_start = not has_bridge }
end

--- To be started when the frame is drawn: that may take REAPER a moment.
function Desk:start() self.wants_start = true end

function Desk:reason(id) return self.session:reason(id) end

function Desk:backends()
  local welcome, names = self.session.courier.welcome, {}
  for index, backend in ipairs(welcome and welcome.backends or {}) do names[index] = backend.backend end
  return names
end

--- The settings that mean something to the backend that is chosen: name → true; nil where nobody knows.
function Desk:settings()
  return offer.settings(self.session.courier.welcome, self.drafts.settings.backend or "")
end

--- Names of the stems that backends can add.
function Desk:roles() return offer.roles(self.session.courier.welcome) end

--- The name of the sentence that says how letters travel.
function Desk:wire()
  local box = self.session.courier.box
  return box and box.is_live and box:is_live() and "panel_wire_sockets" or "panel_wire_mailbox"
end

-- asking ----------------------------------------------------------------------------------------------------------

--- What the backend that is chosen adds to the form of `verb`.
function Desk:offered(verb, is_draft)
  return self.session:offered(verb, self.drafts.settings.backend or "", is_draft)
end

function Desk:fields(verb)
  local shown = self:result()
  return form.fields(verb, self:offered(verb, shown and shown.is_draft))
end

--- What the project knows about the selection goes into the form: lyrics and key. Returns a sentence if nothing is
-- selected.
function Desk:read_selection(id)
  local list, reason, values = subjects.find(id, self.session:options())
  if not list then return reason ~= "several_tracks" and text.say(reason, values) or nil end
  local hints = list[1].hints or {}
  if (hints.key or "") ~= "" then self.drafts:set("key", hints.key) end
  if (hints.lyrics or "") ~= "" then
    self.drafts:set("source_lyrics", hints.lyrics)
    if id ~= "edit" then self.drafts.versions[1] = hints.lyrics end
  end
  return nil
end

local function hand_in(desk, list, wished)
  for _, entry in ipairs(list) do
    local fine, fault = desk.session:submit(entry, wished)
    if not fine then return fault end
  end
  if list[1].file == "" and host.remembered("said_unsaved") == "" then
    host.remember("said_unsaved", "yes", false)
    desk.session:notice(text.say("unsaved"))
  end
  desk.drafts:set("seed", nil)
  desk.has_submitted = true
  return nil
end

local function attempt(self, verb, options)
  local list, reason, values = subjects.find(verb.id, options)
  if reason == "several_tracks" then
    self.asks = { verb = verb.id, count = values.count }
    return nil
  end
  if not list then return text.say(reason, values) end
  local offered = self:offered(verb, list[1].subject.is_draft)
  local wished, fault = form.read(verb, self.drafts:answers_for(verb, form.fields(verb, offered)), offered)
  if not wished then return fault end
  local more
  more, fault = settings.read(self.drafts.settings, self.drafts.loras)
  if not more then return fault end
  for name, value in pairs(more) do wished[name] = value end
  return hand_in(self, list, wished)
end

--- Makes jobs of the verb `id` with what is typed. Returns a sentence if that cannot be; a question may come first, and
-- what is found out later comes from `after_frame`.
function Desk:submit(id)
  local verb, options = verbs.get(id), self.session:options()
  options.several, self.asks, self.several = self.several, nil, nil
  if verb.needs ~= "tracks" then return attempt(self, verb, options) end
  if self.is_looking then return nil end
  -- The other tracks may be many: they are looked at over several ticks.
  self.is_looking = true
  self.session.chores:add(function(pause)
    options.pause = pause
    self.late_fault = attempt(self, verb, options)
  end, function(fault)
    self.is_looking = false
    if not fault then return end
    host.log("panel.looking_failed error=" .. fault)
    self.late_fault = text.say("panel_changed")
  end)
  return nil
end

--- A question that stands in the way of a job: `{sentence, answers = {{caption, value}}}`; nil if there is none.
function Desk:question()
  if not self.asks then return nil end
  return {
    sentence = text.say("panel_several", self.asks),
    answers = {
      { caption = text.say("panel_each"), value = "each" },
      { caption = text.say("panel_mix"), value = "mix" },
      { caption = text.say("panel_never_mind"), value = "" },
    },
  }
end

function Desk:answer(value)
  local verb = self.asks.verb
  self.asks = nil
  if value == "" then return nil end
  self.several = value
  return self:submit(verb)
end

--- Makes the selected result again: with all the steps of a draft that is finished, or just as it is.
function Desk:again(is_refined)
  self.drafts:set("refine", is_refined and "yes" or "no")
  return self:submit("again")
end

--- Opens the panel in the browser on what is selected.
function Desk:open_panel() self.session:open_panel() end

-- jobs ------------------------------------------------------------------------------------------------------------

--- The jobs: see reaper/status.lua, and `can_retry`.
function Desk:jobs()
  local rows = self.session:rows(host.now())
  for _, row in ipairs(rows) do
    row.can_cancel, row.can_retry = row.can_stop, row.has_ended and row.path == nil
  end
  return rows
end

function Desk:cancel(id) self.session:cancel(id) end

function Desk:dismiss(id) self.session:dismiss(id) end

--- The same once more, as a job of its own: the bridge may never have taken the first one.
function Desk:retry(id)
  local jobs = self.session.jobs
  local old = jobs:get(id)
  if not old then return end
  local request = json.decode((json.encode(old.request)))
  request.job = ids.job(request.request, host.guid())
  local job = jobs:add(request, old.place, old.mailbox, old.listening)
  job.tab = old.tab
  jobs:forget(id)
end

-- results ---------------------------------------------------------------------------------------------------------

--- The remarks on what plays of `group`: read again only where that has changed.
local function remarks_on(desk, group)
  local key = group.job .. "/" .. group.number
  if desk.remarked ~= key then
    desk.remarked, desk.remarks = key, remarks.on(desk.session.landed, group.job, group.number)
  end
  return desk.remarks
end

local function described(group, said)
  local names, variants, is_draft = {}, {}, false
  for _, result in ipairs(group.takes) do
    local number = result.mark.number
    names[number] = names[number] or host.take_text(result.take, "P_NAME")
    is_draft = is_draft or number == group.number and result.mark.draft == true
  end
  for index, number in ipairs(group.numbers) do
    variants[index] = { number = number, name = names[number] or "", plays = number == group.number,
      is_kept = group.kept[number] == true }
  end
  return { title = names[group.number] or "", job = group.job, variants = variants, remarks = said,
    is_draft = is_draft }
end

--- The selected result: `{title, job, variants = {{number, name, plays, is_kept}}, remarks, is_draft}`, the last two
-- (sentences of the engine; whether it is a draft) of the variant that plays; nil if none is selected.
function Desk:result()
  local now = host.now()
  if now >= self.next_look then
    self.next_look = now + LOOK_SECONDS
    local group = steering.look((host.project()))
    self.shown = group and described(group, remarks_on(self, group)) or nil
  end
  return self.shown
end

--- What is selected, in words; what a verb would be about.
function Desk:selection()
  local now = host.now()
  if now < self.next_range then return self.range end
  self.next_range = now + LOOK_SECONDS
  local range, reason, values = ranges.marked((host.project()))
  if not range then
    self.range = text.say(reason, values)
  else
    local shown = host.time_text(range.from) .. "–" .. host.time_text(range.to)
    self.range = text.say("panel_marked_" .. range.kind, { range = shown })
  end
  return self.range
end

--- Calls `change` with the group that is selected now: pointers live for one tick.
local function with_group(desk, change)
  local group = steering.look((host.project()))
  if group then change(group) end
  desk.next_look = 0
end

function Desk:listen(number)
  with_group(self, function(group) steering.play(group, number) end)
end

function Desk:keep()
  with_group(self, function(group) self.session:tell(steering.keep(group)) end)
end

function Desk:discard() with_group(self, steering.discard) end

-- the rest --------------------------------------------------------------------------------------------------------

function Desk:notices() return self.session.notices end

function Desk:clear_notices() self.session.notices = {} end

function Desk:play_or_stop() host.play_or_stop((host.project())) end

--- What has to wait until the frame is drawn. Returns a sentence if it went wrong.
function Desk:after_frame()
  if self.has_submitted then
    -- The letter leaves now, not a tick later.
    self.has_submitted = false
    self.session.courier:tick(host.now())
  end
  local late = self.late_fault
  self.late_fault = nil
  if not self.wants_start then return late end
  self.wants_start = false
  local fine, fault = self.session:start_bridge()
  if not fine then return fault end
  self.started_at = host.now()
  return nil
end

return M
