--- Dawbridge in REAPER, without a face: jobs, the bridge, results. Actions and the panel are faces of it.
--
-- How a face uses it:
--
--   local current = session.open()                      -- this module
--   current:reason("edit")              nil, or a sentence: why the verb is greyed out
--   local list, reason, values = subjects.find("repaint", current:options())     -- reaper/subjects.lua
--       nil: say text.say(reason, values). The reason "several_tracks" is a question: ask "each" or "mix", put it into
--       `options.several`, and find again. Each entry has `hints` for the form and `notes` to be said.
--   wishes.read(entry.verb, answers, verbs.landing_fields) → what the user wishes (see shared/wishes.lua)
--   current:submit(entry, wished)       true; nil and a sentence. For every entry of the list
--   current:cancel(id)                  stops a job; without an id the newest one
--   current:dismiss(id)                 takes a job that has ended (failed, parked) off the list
--   current:is_reachable()              whether a bridge runs; nil and a problem for text.problem
--   current:start_bridge()              starts one: true; nil and a sentence. Not in the middle of drawing a frame
--   current:engine_text()               how the engine is, in a sentence
--   current:rows(now)                   the jobs, as reaper/status.lua describes them
--   current.notices                     sentences to be shown until the user has read them: clear the list then
--   current.courier.welcome             the bridge's last `welcome` (backends, absent ones), or nil
--
-- Results that lie in the project are steered with reaper/steering.lua (look, play, step, keep, discard); what `keep`
-- returns goes to `current:tell(message)`.
--
-- A face with a loop of its own calls `current:run(shown)`, where `shown` is `{draw(session, now), close(),
-- is_keeper}`. `draw` is called once a tick, after the work of that tick, and returns true for as long as the face
-- wants to live; when it does not, and no job needs the loop, the loop ends. A keeper (the panel) takes the loop over
-- from any other script; when it is closed while jobs run, they go on behind a small window that shows only if there
-- is something to say. No call but `start_bridge` waits for anything; a tick takes less than 5 ms.
local browser = require("shared.browser")
local chores = require("reaper.chores")
local courier = require("shared.courier")
local face = require("reaper.face")
local host = require("reaper.host")
local ids = require("shared.ids")
local jobs = require("shared.jobs")
local json = require("shared.json")
local landing = require("reaper.landing")
local mailbox = require("shared.mailbox")
local offer = require("shared.offer")
local orders = require("reaper.orders")
local requests = require("shared.requests")
local settling = require("reaper.settling")
local starter = require("shared.starter")
local status = require("reaper.status")
local store = require("shared.store")
local subjects = require("reaper.subjects")
local text = require("shared.text")
local verbs = require("shared.verbs")
local wire = require("reaper.wire")

local M = {}
local Session = {}
Session.__index = Session

local CLIENT, WELCOME = "client", "welcome"
local CONTEXT_SECONDS = 10
--- So long an action waits for the script that runs the loop to take its orders, before it runs the loop itself.
local PATIENCE_SECONDS = 1.5

local function client_name()
  local name = host.remembered(CLIENT)
  if name == "" then
    name = "reaper-" .. ids.digits(host.guid())
    host.remember(CLIENT, name, true)
  end
  return name
end

--- What the bridge said to another script of this run, if it is still the same bridge.
local function remembered_welcome(key)
  local kept = json.decode(host.remembered(WELCOME))
  return type(kept) == "table" and kept.key == key and kept.welcome or nil
end

--- The session, with the jobs of earlier runs and of other scripts.
function M.open()
  local session = setmetatable({ notices = {}, chores = chores.new(), voice = orders.voice() }, Session)
  session.client, session.home = client_name(), mailbox.home(host.system, os.getenv)
  session.jobs = jobs.open(store.open(host.files, host.own_folder("jobs")), host.log)
  session.landed = store.open(host.files, host.own_folder("landed"))
  session.courier = courier.open({
    files = host.files, home = session.home, client = session.client, jobs = session.jobs, entropy = host.guid,
    log = host.log, place = function(event) settling.place(session, event) end,
    link = function(event) session:open_link(event.url) end,
  })
  local connection = session.courier:look(host.now())
  session.courier.welcome = connection and remembered_welcome(connection.key)
  return session
end

-- what a face may ask ---------------------------------------------------------------------------------------------

--- Why `id` cannot be asked for; nil if it can, as far as is known.
function Session:reason(id) return offer.reason(verbs.get(id), self.courier.welcome) end

--- Fields that a form of `verb` has because of what `backend` ("" for the default one) can do.
function Session:offered(verb, backend, is_draft)
  return offer.fields(verb, offer.settings(self.courier.welcome, backend), is_draft)
end

--- Options for reaper/subjects.lua.
function Session:options() return { context = offer.context_seconds(self.courier.welcome, CONTEXT_SECONDS) } end

function Session:is_reachable()
  local connection, problem = self.courier:look(host.now())
  return connection and true, problem
end

--- Starts the bridge with the command that it has written down for that.
function Session:start_bridge()
  local command, fault = starter.command(host.files, self.home)
  if not command then return nil, fault end
  local line
  line, fault = starter.line(command)
  if not line then return nil, fault end
  if host.start_program(line) then return true end
  return nil, text.say("start_failed")
end

local function place_of(entry, wished, version)
  local place = { replace = wished.replace, stems = wished.stems, midi = wished.midi, version = version }
  for name, value in pairs(entry.place) do place[name] = value end
  return place
end

--- Makes jobs of `entry` (of reaper/subjects.lua) with `wished`. They are remembered at once and leave at the next
-- ticks.
function Session:submit(entry, wished)
  local list, fault = requests.build(entry.verb, entry.subject, wished, host.guid)
  if not list then return nil, fault end
  local folder = self.courier.connection and self.courier.connection.mailbox
  for index, request in ipairs(list) do
    local place = place_of(entry, wished, #list > 1 and index or nil)
    place.draft = requests.makes_draft(request, entry.subject) or nil
    local job = self.jobs:add(request, place, folder, entry.listening)
    job.tab = entry.project
    if not self.voice:speaks() then orders.give({ order = "job", id = job.id }) end
  end
  for _, note in ipairs(entry.notes or {}) do self:notice(note) end
  return true
end

--- The newest job that can be stopped; nil if there is none.
function Session:newest()
  local all = self.jobs:all()
  for index = #all, 1, -1 do
    if status.can_stop(all[index]) then return all[index] end
  end
  return nil
end

--- Stops job `id`, or the newest. False if there is nothing to stop.
function Session:cancel(id)
  local job = id and self.jobs:get(id) or not id and self:newest()
  if not job or not status.can_stop(job) then return false end
  if self.voice:speaks() then
    self.courier:cancel(job)
  else
    orders.give({ order = "cancel", id = job.id })
  end
  return true
end

--- Takes a job that has ended off the list; one that waits for its project too, whose files then stay where they are.
function Session:dismiss(id)
  local job = self.jobs:get(id)
  if not job or not (status.has_ended(job) or job.state == "done") then return end
  if job.state == "failed" then settling.clean(job) end
  self.jobs:forget(id)
end

--- Asks the bridge something that belongs to no job, such as `choose`; repeated until it answers.
function Session:tell(message)
  if self.voice:speaks() then self.courier:ask(message) else orders.give({ order = "ask", message = message }) end
end

--- Sends what is selected, and asks for a link to it in the panel; it is opened when it comes.
function Session:open_panel()
  local entry = subjects.region(self:options())
  self:tell(requests.panel(entry and entry.subject, entry and entry.hints.lyrics))
end

--- Tells the user something that needs no answer.
function Session:notice(sentence)
  if not self.is_guest then
    self.notices[#self.notices + 1] = sentence
  else
    orders.give({ order = "notice", sentence = sentence })
  end
end

--- A link into the panel has come.
function Session:open_link(url)
  if browser.is_page(url) and host.open_page(url, browser.command(host.system, url)) then return end
  self:notice(text.say("open_by_hand", { address = url }))
end

function Session:rows(now)
  local rows = {}
  for index, job in ipairs(self.jobs:all()) do rows[index] = status.row(job, self.courier, now or host.now()) end
  return rows
end

function Session:engine_text()
  if not self.courier.connection then return text.problem(self.courier.problem) end
  if self.courier.engine_problem then return text.problem(self.courier.engine_problem) end
  return text.say("engine_is_" .. (self.courier.engine or "unknown"))
end

--- Whether something is going on that needs the loop.
function Session:has_work()
  for _, job in ipairs(self.jobs:all()) do
    if not status.has_ended(job) then return true end
  end
  return #landing.peaks > 0 or self.courier:has_questions() or not self.chores:are_done()
end

-- the loop --------------------------------------------------------------------------------------------------------

local obey = {}

function obey.job(session, order)
  local record = session.jobs:get(order.id) or session.jobs.store:read(order.id)
  if record then session.jobs:adopt(record).resumed = nil end
end

function obey.cancel(session, order) session:cancel(order.id ~= "" and order.id or nil) end

function obey.ask(session, order) session.courier:ask(order.message) end

function obey.notice(session, order) session:notice(order.sentence) end

function obey.show(session) session.wants_face = true end

--- Makes this script the one that runs the loop. What another one has done meanwhile stands in the store.
function Session:speak()
  if self.is_guest or self.was_silent then
    self.jobs = jobs.open(self.jobs.store, host.log)
    self.courier.jobs = self.jobs
  end
  self.is_guest, self.was_silent = false, false
  self.voice:speak()
  self.courier.around = wire.around(self.client)
  self.courier.folder, self.courier.greeted = nil, false
  host.mark_running(true)
end

--- The work of one tick, without a face: letters, events, listening, laying in.
function Session:tick(now)
  self.voice:beat(now)
  for _, order in ipairs(orders.take()) do
    if obey[order.order] then obey[order.order](self, order) end
  end
  local welcome = self.courier.welcome
  self.courier:tick(now)
  if self.courier.welcome ~= welcome and self.courier.connection then
    settling.meet(self.courier.welcome)
    host.remember(WELCOME, json.encode({ key = self.courier.connection.key, welcome = self.courier.welcome }), false)
  end
  settling.settle(self, now)
  self.chores:tick(now)
  landing.continue_peaks()
end

--- Runs the loop with the face `shown`, or leaves it to the script that runs it already.
function Session:run(shown)
  self.face, self.is_guest = shown, not shown.is_keeper and self.voice:another_speaks()
  self.patience_ends = host.now() + PATIENCE_SECONDS
  for _, sentence in ipairs(self.is_guest and self.notices or {}) do
    orders.give({ order = "notice", sentence = sentence })
  end
  host.at_exit(function()
    self.face.close()
    self.chores:abandon()
    self.voice:stop()
    if not self.is_guest then host.mark_running(false) end
  end)
  if not self.is_guest then self:speak() end
  host.defer(function() self:loop() end)
end

--- A guest ends as soon as its orders are taken; if nobody takes them, it runs the loop itself.
function Session:wait_as_guest(now)
  if not orders.are_waiting() then
    self.is_over = true
  elseif now > self.patience_ends then
    self:speak()
  end
end

function Session:turn()
  local now = host.now()
  if self.is_guest then return self:wait_as_guest(now) end
  if not self.voice:speaks() then
    -- Another script runs the loop now: what is left is in the store. A keeper waits for it to end, and goes on.
    if not self.face.is_keeper then return self:leave() end
    self.was_silent = true
    if not self.voice:another_speaks() then self:speak() end
  elseif not self.is_broken then
    self:tick(now)
  end
  if self.face.draw(self, now) then return end
  if self.is_broken or not self:has_work() then return self:leave() end
  if self.face.is_keeper then
    -- The panel was closed, and jobs still run: they land all the same.
    self.face.close()
    self.face = face.new(false, true)
  end
end

function Session:loop()
  local fine, fault = xpcall(self.turn, debug.traceback, self)
  if not fine then
    host.log("script.fault " .. fault)
    if self.is_broken then return self:leave() end
    self.is_broken = true
    self:notice(text.say("script_fault", { path = host.log_path() }))
  end
  if not self.is_over then host.defer(function() self:loop() end) end
end

--- Ends the loop. What is left is in the store, for the next run or for the session that took over.
function Session:leave()
  self.is_over = true
  self.face.close()
  self.chores:abandon()
  self.voice:stop()
end

return M
