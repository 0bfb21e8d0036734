--- The session watcher: called ten times a second, it carries letters and events and lays in what is finished.
local browser = require("shared.browser")
local desk_module = require("ardour.desk")
local dialogs = require("ardour.host.dialogs")
local guests = require("shared.guests")
local landing = require("ardour.landing")
local program = require("ardour.host.program")
local report = require("ardour.report")
local results = require("ardour.results")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")

local M = {}
local Watch = {}
Watch.__index = Watch

local LANDING_SECONDS = 0.5
local LONGEST_MS = 5

--- `slices` are the turns so far: how many, how many of them took longer than they may, the longest in ms; and the
-- longest with a landing, which is Ardour's own work for the most part.
function M.new()
  local slices = { turns = 0, long = 0, longest = 0, landing = 0 }
  return setmetatable({ notices = {}, works = {}, reported = {}, slices = slices }, Watch)
end

function Watch:notice(sentence) self.notices[#self.notices + 1] = sentence end

--- Opens the desk of the session that is open now. What was laid down but never saved is laid down again.
function Watch:look()
  local path = timeline.session().path
  if self.desk and self.desk.session.path == path then return end
  self.desk, self.works, self.reported = desk_module.open(), {}, {}
  self.desk.on_place = function(event) self:place(event) end
  self.desk.on_link = function(event) self:open_link(event.url) end
  for _, job in ipairs(self.desk.jobs:all()) do
    if job.place.landed and landing.is_there(job) then
      self.desk.jobs:forget(job.id)
    elseif job.place.landed then
      landing.take_back(self.desk, job)
    end
  end
end

--- Somebody chose a take elsewhere. One of a job of ours that is not laid in yet is laid in with the others.
function Watch:place(event)
  if self.desk.jobs:get(event.job) and not self.desk.jobs:get(event.job).place.landed then return end
  if results.knows(self.desk, event.job, math.tointeger(event.take.number)) then
    if not timeline.is_recording() then results.place(self.desk, event.job, math.tointeger(event.take.number)) end
    return
  end
  local guest = guests.of(program.files, event)
  guests.receive(self.desk.jobs, event, guest.request, landing.place_of_guest(guest))
end

--- A link into the panel that an action has asked for.
function Watch:open_link(url)
  local words = browser.command(program.system(), url)
  if not words or not program.start(words) then self:notice(text.say("open_by_hand", { address = tostring(url) })) end
end

--- A step towards the landing of `job`.
function Watch:land(job, now)
  if job.cancelling then
    self:notice(text.say("finished_before_cancel", { what = landing.title(job), path = job.takes[1].path }))
    return self.desk.jobs:forget(job.id)
  end
  local work = self.works[job.id] or {}
  self.works[job.id] = work
  self.is_landing = true
  local outcome, sentence = landing.go_on(self.desk, job, work)
  job.waits = outcome == "wait" and sentence or nil
  if outcome == "wait" then job.next_landing = now + LANDING_SECONDS end
  if outcome == "busy" or outcome == "wait" then return end
  self.works[job.id] = nil
  if outcome == "parked" then
    self:notice(sentence)
    self.desk.jobs:forget(job.id)
  end
end

--- Brings jobs that have ended to their end on this side, one a tick.
function Watch:settle(now)
  for _, job in ipairs(self.desk.jobs:all()) do
    if job.state == "failed" then
      self:notice(landing.title(job) .. ": " .. text.problem(job.problem))
      return self.desk.jobs:forget(job.id)
    elseif job.state == "cancelled" then
      return self.desk.jobs:forget(job.id)
    elseif job.state == "done" and not job.place.landed and (job.next_landing or 0) <= now then
      return self:land(job, now)
    end
  end
end

--- Says what has gone wrong; never while something is being recorded.
function Watch:tell()
  if #self.notices == 0 or timeline.is_recording() then return end
  local message = table.concat(self.notices, "\n\n")
  self.notices = {}
  dialogs.tell(text.say("title"), message)
end

--- One turn. Nothing happens while an earlier one has a dialog open.
function Watch:tick()
  if self.is_busy or not timeline.is_open() then return end
  self.is_busy = true
  local fine, fault = pcall(self.turn, self)
  self.is_busy = false
  if not fine and fault ~= self.last_fault then
    self.last_fault = fault
    program.log("watcher.fault " .. tostring(fault))
  end
end

function Watch:turn()
  local now = program.now()
  self.is_landing = false
  self:look()
  self.desk:refresh(now)
  -- Ardour's timer is the pace: a turn that comes a hair early would otherwise find nothing due.
  self.desk.courier.next_poll = now
  self.desk.courier:tick(now)
  self:settle(now)
  report.write(program.files, self.desk, self.reported, now, self.slices)
  self:count((program.now() - now) * 1000)
  self:tell()
end

function Watch:count(took)
  local slices = self.slices
  if self.is_landing then
    slices.landing = math.max(slices.landing, took)
    return
  end
  slices.turns, slices.longest = slices.turns + 1, math.max(slices.longest, took)
  if took > LONGEST_MS then slices.long = slices.long + 1 end
end

--- Ardour has saved the session: what was laid down is safe.
function Watch:saved()
  if not self.desk or not timeline.is_open() then return end
  self.desk:refresh(program.now())
  for _, job in ipairs(self.desk.jobs:all()) do
    if job.place.landed then self.desk.jobs:forget(job.id) end
  end
end

--- The session is closed: another may follow.
function Watch:closed() self.desk, self.works, self.is_busy = nil, {}, false end

return M
