--- What an action does when its key is pressed: one function for each kind of verb.
local desk_module = require("ardour.desk")
local dialogs = require("ardour.host.dialogs")
local form = require("ardour.form")
local landing = require("ardour.landing")
local offer = require("shared.offer")
local program = require("ardour.host.program")
local report_module = require("ardour.report")
local requests = require("shared.requests")
local results = require("ardour.results")
local starter = require("shared.starter")
local status = require("ardour.status")
local subject = require("ardour.subject")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")
local verbs = require("shared.verbs")

local M = {}

text.add(require("ardour.text_ardour"))

--- How a result is laid down, for who asks about that.
local LANDING = { audio = { "replace", "midi" }, edge = { "midi" }, room = { "midi" }, tracks = { "midi" }, take = {} }

local function title_of(verb) return text.say("title_verb", { verb = text.say("verb_" .. verb.id) }) end

--- True if the bridge runs, or was started at the user's wish.
local function is_bridge_there(desk, verb)
  local fine, problem = desk:find_bridge()
  if fine then return true end
  if problem.code ~= "no_bridge" then
    dialogs.tell(title_of(verb), text.problem(problem))
    return false
  end
  local words, reason = starter.command(program.files, desk.home)
  if not words then
    dialogs.tell(title_of(verb), text.problem(problem) .. "\n\n" .. reason)
    return false
  end
  if not dialogs.agree(title_of(verb), text.say("start_question")) then return false end
  if program.start(words) then return true end
  dialogs.tell(title_of(verb), text.say("start_failed"))
  return false
end

local function place_of(found, wishes, request, version)
  local place = {}
  for name, value in pairs(found.place) do place[name] = value end
  if wishes.replace then place.manner = "on" end
  place.midi, place.draft = wishes.midi, requests.makes_draft(request, found) or nil
  if request.role and request.role ~= "" then place.title = request.role:gsub("^%l", string.upper) end
  place.version = version
  return place
end

local function submit(desk, verb, found, wishes)
  local asked, fault = requests.build(verb, found, wishes, program.entropy)
  if not asked then return dialogs.tell(title_of(verb), fault) end
  for index, request in ipairs(asked) do
    desk:submit(request, place_of(found, wishes, request, #asked > 1 and index or nil))
  end
end

--- Notes how long Ardour had to wait for us.
local function note_time(verb, what, since)
  program.log(string.format("took verb=%s what=%s ms=%.2f", verb.id, what, (program.now() - since) * 1000))
end

--- A verb that becomes work for the engine.
local function work(verb)
  local began = program.now()
  local desk = desk_module.open()
  local report, is_watched = report_module.read(program.files, desk)
  local found, reason, values = subject.find(verb, report.welcome, desk)
  if not found then return dialogs.tell(title_of(verb), text.say(reason, values)) end
  reason = offer.reason(verb, report.welcome)
  if reason then return dialogs.tell(title_of(verb), reason) end
  if not is_bridge_there(desk, verb) then return nil end
  if found.is_read_only then dialogs.tell(title_of(verb), text.say("read_only")) end
  local extra = offer.fields(verb, offer.settings(report.welcome, ""), found.is_draft)
  for _, name in ipairs(LANDING[verb.needs]) do extra[#extra + 1] = name end
  note_time(verb, "look", began)
  local wishes = form.ask(desk, verb, found, report.welcome, extra)
  if not wishes then return nil end
  began = program.now()
  -- The watcher has gone on meanwhile.
  desk = desk_module.open()
  submit(desk, verb, found, wishes)
  note_time(verb, "send", began)
  if not is_watched then dialogs.tell(title_of(verb), text.say("no_watcher")) end
end

local function selected(verb)
  local desk = desk_module.open()
  local list = results.selected(desk)
  if #list == 0 then dialogs.tell(title_of(verb), text.say("no_result")) end
  return desk, list
end

local steer = {}

--- One of several variants, by its number; nil if the user thought better of it.
local function ask_variant(verb, variants)
  local choices, seen, heard = {}, {}, nil
  for _, result in ipairs(variants) do
    local number = result.entry.number
    if not seen[number] then
      local sentence = result.entry.kept and "variant_kept" or "variant"
      choices[#choices + 1] = { title = text.say(sentence, { number = number }), value = tostring(number) }
    end
    seen[number] = true
    if not result.region.is_muted then heard = heard or tostring(number) end
  end
  if #choices == 1 then return nil, text.say("one_variant") end
  local question = text.say("choose_question")
  local field = { kind = "choice", key = "number", title = question, choices = choices, value = heard }
  local answers = dialogs.ask(title_of(verb), { field })
  return answers and math.tointeger(tonumber(answers.number))
end

function steer.choose(verb)
  local desk, list = selected(verb)
  if #list == 0 then return nil end
  local variants = results.variants(desk, list[1])
  local number, fault = ask_variant(verb, variants)
  if fault then return dialogs.tell(title_of(verb), fault) end
  if number then results.choose(variants, number) end
end

--- Keeps what is selected; where that is not heard, what is heard instead of it stays as it is.
function steer.keep(verb)
  local desk, list = selected(verb)
  if #list == 0 then return nil end
  local chosen = list[1]
  for _, result in ipairs(list) do
    if not result.region.is_muted and result.entry.job == chosen.entry.job then chosen = result break end
  end
  results.keep(desk, results.variants(desk, chosen), chosen.entry.number)
end

function steer.discard(verb)
  local desk, list = selected(verb)
  if #list == 0 then return nil end
  local all, seen = {}, {}
  for _, chosen in ipairs(list) do
    for _, result in ipairs(results.variants(desk, chosen)) do
      if not seen[result.region.id] then all[#all + 1] = result end
      seen[result.region.id] = true
    end
  end
  local done, fault = results.discard(all)
  if not done then dialogs.tell(title_of(verb), tostring(fault)) end
end

function steer.cancel(verb)
  local desk = desk_module.open()
  local list = status.stoppable(desk)
  if #list == 0 then return dialogs.tell(title_of(verb), text.say("nothing_to_cancel")) end
  local id = list[1].id
  if #list > 1 then
    local choices = {}
    for index, job in ipairs(list) do
      choices[index] = { title = index .. ". " .. landing.title(job), value = job.id }
    end
    local field = { kind = "choice", key = "job", title = text.say("cancel_question"), choices = choices, value = id }
    local answers = dialogs.ask(title_of(verb), { field })
    if not answers then return nil end
    desk, id = desk_module.open(), answers.job
  end
  local job = desk.jobs:get(id)
  if job then desk:cancel(job) end
end

--- Shows how everything is getting on, and offers what can be done next. A verb that nobody can serve is shown with the
-- reason instead.
function steer.status(verb)
  local desk = desk_module.open()
  local report, is_watched = report_module.read(program.files, desk)
  local fields, choices = {}, { { title = text.say("next_nothing"), value = "" } }
  local function note(line) fields[#fields + 1] = { kind = "note", title = line } end
  for _, line in ipairs(status.lines(desk, report, is_watched)) do note(line) end
  for _, other in ipairs(verbs.list) do
    local name, reason = text.say("verb_" .. other.id), offer.reason(other, report.welcome)
    if reason then
      note(text.say("unavailable", { verb = name, reason = reason }))
    elseif other.id ~= "status" then
      choices[#choices + 1] = { title = name, value = other.id }
    end
  end
  local question = text.say("next_question")
  fields[#fields + 1] = { kind = "choice", key = "verb", title = question, choices = choices, value = "" }
  local answers = dialogs.ask(title_of(verb), fields)
  if answers and answers.verb ~= "" then M.run(answers.verb) end
end

--- Sends what is selected, and asks for a link to it; the watcher hears the answer and opens it.
function steer.open_panel(verb)
  local desk = desk_module.open()
  local report, is_watched = report_module.read(program.files, desk)
  if not is_watched then return dialogs.tell(title_of(verb), text.say("no_watcher_for_panel")) end
  if not is_bridge_there(desk, verb) then return nil end
  local found = subject.region(report.welcome, desk)
  -- Takes that are chosen in the panel come back by this name.
  desk:introduce()
  desk:ask(requests.panel(found, found and form.lyrics_in(found.comment)))
end

--- Runs the verb called `id`. Never raises: Ardour takes an action that has raised away until it is started again.
function M.run(id)
  local verb = verbs.get(id)
  if not program.may_use_files() then return dialogs.tell(title_of(verb), text.say("sandboxed")) end
  if not timeline.is_open() then return dialogs.tell(title_of(verb), text.say("no_session")) end
  local fine, fault = pcall(verb.request and work or steer[id], verb)
  if fine then return nil end
  program.log("action.fault verb=" .. id .. " " .. tostring(fault))
  dialogs.tell(title_of(verb), text.say("script_fault", { path = program.log_path() }))
end

return M
