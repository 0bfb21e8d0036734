--- The single actions: each verb as a key can call it, with REAPER's own dialogs and a small window for what goes on.
local face = require("reaper.face")
local form = require("reaper.form")
local host = require("reaper.host")
local orders = require("reaper.orders")
local session = require("reaper.session")
local steering = require("reaper.steering")
local subjects = require("reaper.subjects")
local text = require("shared.text")
local verbs = require("shared.verbs")

local M = {}

local function tell(verb, sentence)
  host.tell(text.say("title_verb", { verb = text.say("verb_" .. verb.id) }), sentence)
end

--- Says once in a run of REAPER that an unsaved project has no folder for takes.
local function mention_unsaved(entry, verb)
  if entry.file ~= "" or host.remembered("said_unsaved") ~= "" then return end
  host.remember("said_unsaved", "yes", false)
  tell(verb, text.say("unsaved"))
end

--- Whether the bridge runs, or is being started now. Says why not, if not.
local function reach(current, verb)
  local fine, problem = current:is_reachable()
  if fine then return true end
  local title = text.say("title_verb", { verb = text.say("verb_" .. verb.id) })
  if problem.code ~= "no_bridge" then
    tell(verb, text.problem(problem))
    return false
  end
  if not host.confirm(title, text.say("start_question")) then return false end
  local started, sentence = current:start_bridge()
  if not started then
    tell(verb, sentence)
    return false
  end
  current:notice(text.say("starting"))
  return true
end

--- What the verb is about; asks about several tracks. Says why not, if not.
local function look(current, verb)
  local options = current:options()
  local list, reason, values = subjects.find(verb.id, options)
  if reason == "several_tracks" then
    local answer = host.decide(text.say("title"), text.say("several_tracks", values))
    if not answer then return nil end
    options.several = answer == "yes" and "each" or "mix"
    list, reason, values = subjects.find(verb.id, options)
  end
  if list then return list end
  tell(verb, text.say(reason, values))
  return nil
end

local function ask_and_submit(current, verb)
  local reason = current:reason(verb.id)
  if reason then return tell(verb, reason) end
  local list = look(current, verb)
  if not list or not reach(current, verb) then return end
  mention_unsaved(list[1], verb)
  local wished = form.ask(verb, list[1].hints, current:offered(verb, "", list[1].subject.is_draft))
  for _, entry in ipairs(wished and list or {}) do
    local fine, fault = current:submit(entry, wished)
    if not fine then return tell(verb, fault) end
  end
end

local steer = {}

function steer.choose(_, verb, step)
  local number, reason, values = steering.step((host.project()), step)
  if not number then tell(verb, text.say(reason, values)) end
end

function steer.keep(current, verb)
  local group, reason, values = steering.look((host.project()))
  if not group then return tell(verb, text.say(reason, values)) end
  current:tell(steering.keep(group))
end

function steer.discard(_, verb)
  local group, reason, values = steering.look((host.project()))
  if not group then return tell(verb, text.say(reason, values)) end
  steering.discard(group)
end

function steer.cancel(current, verb)
  if not current:cancel() then tell(verb, text.say("nothing_to_cancel")) end
end

function steer.status(current)
  current.wants_status = true
  orders.give({ order = "show" })
end

function steer.open_panel(current, verb)
  if reach(current, verb) then current:open_panel() end
end

--- Runs the verb called `id`; `step` says which way `choose` goes.
function M.run(id, step)
  local current, verb = session.open(), verbs.get(id)
  if steer[id] then steer[id](current, verb, step) else ask_and_submit(current, verb) end
  if orders.are_waiting() or current:has_work() or current.wants_status or #current.notices > 0 then
    current:run(face.new(current.wants_status))
  end
end

return M
