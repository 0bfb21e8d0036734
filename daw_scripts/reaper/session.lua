--- An action at work: its jobs, its window, and the loop that REAPER calls some thirty times a second.
--
-- Each action has its own name at the bridge, hence its own mailbox and its own remembered jobs: two actions, or one
-- started twice, never take each other's letters.
local host = require("reaper.host")
local landing = require("reaper.landing")
local courier = require("shared.courier")
local ids = require("shared.ids")
local jobs = require("shared.jobs")
local mailbox = require("shared.mailbox")
local status = require("reaper.status")
local store = require("shared.store")
local text = require("shared.text")
local window = require("reaper.window")

local M = {}
local Session = {}
Session.__index = Session

local LANDING_SECONDS = 0.5

local function client_name(action)
  local key = "client_" .. action
  local name = host.remembered(key)
  if name == "" then
    name = "reaper-" .. action .. "-" .. ids.digits(host.guid())
    host.remember(key, name, true)
  end
  return name
end

--- The session of `action` with the jobs of earlier runs. A session of the same action that runs already steps back.
function M.open(action)
  local session = { action = action, notices = {}, token = host.guid(), wants_window = true }
  host.remember("instance_" .. action, session.token, false)
  session.jobs = jobs.open(store.open(host.files, host.own_folder(action)), host.log)
  session.courier = courier.open({
    files = host.files, home = mailbox.home(host.system, os.getenv), client = client_name(action), jobs = session.jobs,
    entropy = host.guid, log = host.log,
  })
  session.window = window.new("Dawbridge")
  return setmetatable(session, Session)
end

--- True if the bridge can be reached; nil and the problem if not.
function Session:find_bridge()
  local connection, problem = self.courier:look(host.now())
  return connection and true, problem
end

--- Remembers and soon sends `request`; its result goes to `place` in `project`.
function Session:submit(request, place, project)
  local job = self.jobs:add(request, place, self.courier.connection.mailbox)
  job.tab = project
end

function Session:has_work() return #self.jobs:all() > 0 end

--- Starts the loop.
function Session:run()
  host.mark_running(true)
  host.at_exit(function()
    self.window:close()
    host.mark_running(false)
  end)
  host.defer(function() self:loop() end)
end

function Session:loop()
  local fine, fault = xpcall(self.tick, debug.traceback, self)
  if not fine then
    host.log("script.fault " .. fault)
    if self.is_broken then return end
    self.is_broken, self.wants_window = true, true
    self.notices = { text.say("script_fault", { path = host.log_path() }) }
  end
  if not self.is_over then host.defer(function() self:loop() end) end
end

--- Tells the user something that needs no answer: in the window, which opens again for it.
function Session:notice(sentence)
  self.notices[#self.notices + 1] = sentence
  self.wants_window = true
end

--- Lays in `job` if it can be done now.
function Session:land(job, now)
  if (job.next_landing or 0) > now then return end
  job.next_landing = now + LANDING_SECONDS
  if job.cancelling then
    self:notice(text.say("finished_before_cancel", { what = status.title(job), path = job.takes[1].path }))
    return self.jobs:forget(job.id)
  end
  local outcome, sentence = landing.land(job, (host.project()))
  job.waits = outcome == "wait" and sentence or nil
  if outcome == "wait" then return end
  if sentence then self:notice(sentence) end
  self.jobs:forget(job.id)
end

--- Brings jobs that have ended to their end on this side.
function Session:settle(now)
  for _, job in ipairs(self.jobs:all()) do
    if job.state == "done" then
      self:land(job, now)
    elseif job.state == "failed" then
      self:notice(text.problem(job.problem))
      self.jobs:forget(job.id)
    elseif job.state == "cancelled" then
      self.jobs:forget(job.id)
    end
  end
end

--- Esc stops the newest job that still runs.
function Session:escape()
  if #self.notices > 0 then
    self.notices = {}
    return
  end
  local all = self.jobs:all()
  for index = #all, 1, -1 do
    if status.can_stop(all[index]) then return self.courier:cancel(all[index]) end
  end
end

function Session:show(now)
  if self.wants_window then self.window:open() end
  local heard = self.window:heard()
  if heard == "escape" then self:escape() end
  if heard == "space" then host.play_or_stop((host.project())) end
  if heard == "closed" then self.notices, self.wants_window = {}, false end
  local rows = {}
  for index, job in ipairs(self.jobs:all()) do rows[index] = status.row(job, self.courier, now) end
  local message = #self.notices > 0 and table.concat(self.notices, "\n\n") or nil
  local footer = message and "footer_notice" or math.floor(now / 4) % 2 == 0 and "footer" or "footer_cancel"
  self.window:draw(rows, message, text.say(footer))
end

function Session:tick()
  local now = host.now()
  if not self.is_broken then
    if host.remembered("instance_" .. self.action) ~= self.token then return self:leave() end
    self.courier:tick(now)
    self:settle(now)
    landing.continue_peaks()
  end
  self:show(now)
  local has_work = not self.is_broken and (self:has_work() or #landing.peaks > 0)
  if not has_work and #self.notices == 0 then self:leave() end
end

--- Ends the loop. What is left is in the store, for the next run or for the session that took over.
function Session:leave()
  self.is_over = true
  self.window:close()
end

return M
