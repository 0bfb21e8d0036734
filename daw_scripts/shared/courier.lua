--- Carries what is due to the mailbox and what arrived to the jobs, a little at every tick of the host's loop.
--
-- A tick never does more than list one folder, read EVENTS_A_TICK small files and write one letter: a DAW's own thread
-- runs it. `now` is in seconds of any clock that only goes forward.
local ids = require("shared.ids")
local mailbox = require("shared.mailbox")

local M = {}
local Courier = {}
Courier.__index = Courier

local POLL_SECONDS = 0.1
local LOOK_SECONDS = 2
local EVENTS_A_TICK = 8
local SILENT_SECONDS = 5

--- `parts`: files, home, client, jobs, entropy() (any unique text) and log(sentence). With `around(mailbox)` what it
-- returns takes the mailbox's place: see shared/osc_box.lua.
function M.open(parts)
  local courier = { next_poll = 0, next_look = 0, next_greeting = 0, engine = nil, greeted = false }
  for name, part in pairs(parts) do courier[name] = part end
  return setmetatable(courier, Courier)
end

--- Reads connection.json anew. Returns it, or nil and the problem.
function Courier:look(now)
  self.connection, self.problem = mailbox.connection(self.files, self.home)
  self.next_look = (now or 0) + LOOK_SECONDS
  if self.connection then
    self:open_box(self.connection.mailbox)
    if self.box.aim and self.box:aim(self.connection) then self.greeted = false end
  end
  return self.connection, self.problem
end

function Courier:open_box(folder)
  if self.box and self.folder == folder then return end
  if self.box and self.box.close then self.box:close() end
  local box = mailbox.open(self.files, folder, self.client)
  self.folder, self.box = folder, self.around and self.around(box) or box
end

--- The mailbox of the bridge that runs; of the one that ran, where only its answers are left.
function Courier:find_box(now)
  if now >= self.next_look then self:look(now) end
  if self.box then return self.box end
  for _, job in ipairs(self.jobs:all()) do
    if job.mailbox then self:open_box(job.mailbox) end
  end
  return self.box
end

--- Posts `message` under the key that holds today, in the place of an earlier letter that was not read.
function Courier:post(job, message, now)
  self.jobs:tried(job, now)
  if not self:look(now) then return end
  if job.letter then self.box:withdraw(job.letter) end
  local name = self.client .. "-" .. ids.digits(self.entropy())
  local done, fault, for_good = self.box:post(name, message, self.connection.key)
  if done then
    job.letter = name
  elseif for_good then
    self.jobs:fail(job, { code = "bad_request", message = "The request cannot be sent: " .. fault .. ".", hint = "" })
  else
    self.log("post.failed job=" .. job.id .. " reason=" .. tostring(fault))
  end
end

--- Asks for events that were missed while the script was away.
function Courier:greet(now)
  self.greeted, self.next_greeting = true, now + SILENT_SECONDS
  local after
  for _, job in ipairs(self.jobs:all()) do
    if job.seq > 0 then after = math.min(after or job.seq, job.seq) end
  end
  if not after or not self:look(now) then return end
  local id = self.client .. "-" .. ids.digits(self.entropy())
  local done, fault = self.box:post(id, { request = "hello", id = id, after = after }, self.connection.key)
  if not done then self.log("hello.failed reason=" .. tostring(fault)) end
end

--- Stops `job`: a letter that the bridge has not read is taken back, otherwise `cancel` is sent.
function Courier:cancel(job)
  local never_posted = not job.letter and not job.resumed
  if job.state == "sent" and (never_posted or job.letter and self.box:withdraw(job.letter)) then
    self.jobs:drop(job)
  else
    self.jobs:cancel(job.id, self.client .. "-" .. ids.digits(self.entropy()))
    job.letter = nil
  end
end

function Courier:hear(event, now)
  self.next_greeting = now + SILENT_SECONDS
  if event.event == "engine" or event.event == "welcome" then
    self.engine = event.state or event.engine
    self.engine_problem = event.problem or event.engine_problem
  end
  self.jobs:hear(event, now)
end

function Courier:collect(now)
  for index, name in ipairs(self.box:waiting(now)) do
    if index > EVENTS_A_TICK then
      self.next_poll = now
      break
    end
    local event, fault = self.box:read(name)
    if event then
      self:hear(event, now)
    else
      self.log("event.unreadable file=" .. name .. " reason=" .. tostring(fault))
    end
    -- Only now: what was heard is in the store, so nothing is lost if the DAW dies between the two lines.
    self.box:forget(name)
  end
end

--- One turn of the host's loop.
function Courier:tick(now)
  local is_quick = self.box and self.box.is_quick
  if now < self.next_poll and not is_quick then return end
  self.next_poll = now + POLL_SECONDS
  if self:find_box(now) then self:collect(now) end
  -- A datagram may be lost while nobody looks: after a silence the bridge is asked what was missed.
  if not self.greeted or is_quick and now >= self.next_greeting then self:greet(now) end
  local job, message = self.jobs:due(now)
  if job then self:post(job, message, now) end
end

return M
