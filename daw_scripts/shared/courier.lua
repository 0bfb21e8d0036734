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
local SLOWEST_ASK_SECONDS = 15
local PATIENT_TRIES = 4

--- `parts`: files, home, client, jobs, entropy() (any unique text), log(sentence) and, if wished,
--   place(event)      hears of takes that were chosen elsewhere
--   link(event)       hears of links into the panel, whichever script has asked for them
--   around(mailbox)   what it returns takes the mailbox's place: see shared/osc_box.lua
-- What a courier knows: `connection`, `problem`, `engine` ("starting", "ready", "down"; nil: not heard),
-- `engine_problem` and `welcome` (the last one).
function M.open(parts)
  local courier = { next_poll = 0, next_look = 0, next_greeting = 0, engine = nil, greeted = false, asks = {} }
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

--- Asks the bridge `message` (without its id) and repeats it until there is an answer. `answered(event)` hears that; it
-- may be left out. Nothing is remembered across restarts of the script.
function Courier:ask(message, answered)
  message.id = self.client .. "-" .. ids.digits(self.entropy())
  self.asks[#self.asks + 1] = { message = message, answered = answered, next_send = 0, tries = 0 }
end

--- Says hello: the bridge tells what it can do, and the events that were missed while the script was away.
function Courier:greet(now)
  self.greeted, self.greeted_key, self.next_greeting = true, self.connection.key, now + SILENT_SECONDS
  for index = #self.asks, 1, -1 do
    local ask = self.asks[index]
    if ask.message.request == "hello" then
      if ask.letter then self.box:withdraw(ask.letter) end
      table.remove(self.asks, index)
    end
  end
  local after
  for _, job in ipairs(self.jobs:all()) do
    if job.seq > 0 then after = math.min(after or job.seq, job.seq) end
  end
  self:ask({ request = "hello", after = after or -1 })
end

--- Whether it is time for a greeting: the first one, a bridge that was started anew, or a wire on which a datagram may
-- be lost while nobody looks and on which nothing has been heard for a while.
function Courier:is_greeting_due(now)
  if not self.connection then return false end
  if not self.greeted or self.greeted_key ~= self.connection.key then return true end
  return self.box and self.box.is_quick and now >= self.next_greeting
end

--- Whether something was asked that somebody waits for. A bridge that has been silent to a few tries is not waited for.
function Courier:has_questions()
  for _, ask in ipairs(self.asks) do
    if ask.message.request ~= "hello" and ask.tries < PATIENT_TRIES then return true end
  end
  return false
end

--- Posts the question that is due, if there is one. True if there was.
function Courier:post_ask(now)
  for index, ask in ipairs(self.asks) do
    if ask.next_send <= now then
      ask.tries = ask.tries + 1
      ask.next_send = now + math.min(2 ^ (ask.tries - 1), SLOWEST_ASK_SECONDS)
      if not self:look(now) then return true end
      if ask.letter then self.box:withdraw(ask.letter) end
      local done, fault, for_good = self.box:post(ask.message.id, ask.message, self.connection.key)
      ask.letter = done and ask.message.id or nil
      if not done then self.log("ask.failed reason=" .. tostring(fault)) end
      if for_good then table.remove(self.asks, index) end
      return true
    end
  end
  return false
end

--- Whether the bridge has not seen the request of `job` and now never will.
local function is_unread(courier, job)
  local never_posted = not job.letter and not job.resumed
  return never_posted or job.letter and courier.box:withdraw(job.letter)
end

--- Stops `job`: a letter that the bridge has not read is taken back, otherwise `cancel` is sent.
function Courier:cancel(job)
  if job.state == "reading" or job.state == "sent" and is_unread(self, job) then
    self.jobs:drop(job)
  else
    self.jobs:cancel(job.id, self.client .. "-" .. ids.digits(self.entropy()))
    job.letter = nil
  end
end

--- Hands an answer to the question that it belongs to.
function Courier:answer(event)
  for index, ask in ipairs(self.asks) do
    if event.id and event.id == ask.message.id then
      -- The bridge was started anew: the next try has its new key.
      if event.event == "refused" and event.error.code == "wrong_key" then return end
      table.remove(self.asks, index)
      if ask.answered then ask.answered(event) end
      return
    end
  end
end

function Courier:hear(event, now)
  self.next_greeting = now + SILENT_SECONDS
  if event.event == "engine" or event.event == "welcome" then
    self.engine = event.state or event.engine
    self.engine_problem = event.problem or event.engine_problem
  end
  if event.event == "welcome" then self.welcome = event end
  -- The engine came up, or found other backends: what it can do may have changed.
  if event.event == "engine" then self.greeted = false end
  if event.event == "place" and self.place then self.place(event) end
  if event.event == "panel_link" and self.link then self.link(event) end
  self:answer(event)
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
  if self:is_greeting_due(now) then self:greet(now) end
  local job, message = self.jobs:due(now)
  if job then return self:post(job, message, now) end
  self:post_ask(now)
end

return M
