--- One session's jobs and its way to the bridge, as an action or the watcher opens them.
local book = require("ardour.book")
local courier = require("shared.courier")
local ids = require("shared.ids")
local jobs = require("shared.jobs")
local ledger = require("ardour.ledger")
local mailbox = require("shared.mailbox")
local program = require("ardour.host.program")
local timeline = require("ardour.host.timeline")

local M = {}
local Desk = {}
Desk.__index = Desk

--- The other interpreter has just sent what it has just written down.
local LEAVE_SECONDS = 1
local VOLATILE = { "fraction", "stage", "position", "next_send", "tries", "first_try", "letter", "resumed", "waits",
  "next_landing" }

local function append(path, bytes)
  local file = io.open(path, "ab")
  if not file then return nil end
  local written = file:write(bytes)
  return file:close() and written and true or nil
end

--- The desk of the session that is open. `on_place(event)` hears of takes that were chosen elsewhere, `on_link(event)`
-- of links into the panel.
function M.open()
  local desk = { session = timeline.session(), home = mailbox.home(program.system(), os.getenv) }
  local parts = { files = program.files, home = desk.home, exists = program.exists, append = append }
  desk.book = book.open(parts, desk.session.path)
  desk.ledger = ledger.open(parts, desk.session.path, book.digest(desk.session.path))
  setmetatable(desk, Desk)
  desk:open_jobs()
  return desk
end

function Desk:open_jobs()
  self.jobs = jobs.open(self.book, program.log)
  local old = self.courier
  self.courier = courier.open({
    files = program.files, home = self.home, client = self.book:client(), jobs = self.jobs, entropy = program.entropy,
    log = program.log, place = function(event) if self.on_place then self.on_place(event) end end,
    link = function(event) if self.on_link then self.on_link(event) end end,
  })
  if old then
    for _, name in ipairs({ "welcome", "engine", "engine_problem" }) do self.courier[name] = old[name] end
    if old.client == self.courier.client then
      for _, name in ipairs({ "greeted", "greeted_key", "connection" }) do self.courier[name] = old[name] end
    end
  end
end

--- Takes in what the other interpreter has written. True if there was something.
function Desk:refresh(now)
  if not self.book:refresh() then return false end
  local before = self.jobs
  self:open_jobs()
  for _, job in ipairs(self.jobs:all()) do
    local known = before:get(job.id)
    for _, name in ipairs(known and VOLATILE or {}) do job[name] = known[name] end
    if not known or job.cancelling ~= known.cancelling then job.next_send = now + LEAVE_SECONDS end
  end
  return true
end

--- True if the bridge can be reached; nil and the problem if not.
function Desk:find_bridge()
  local connection, problem = self.courier:look(program.now())
  return connection and true, problem
end

--- Gives a session that has none yet the name by which the bridge will know it from now on.
function Desk:introduce()
  if not self.book.is_new then return end
  self.book:claim(program.entropy())
  self.book:write()
  self:open_jobs()
end

--- Writes down `request`, and sends it at once if there is a bridge. Its result goes to `place`.
function Desk:submit(request, place)
  self:introduce()
  local connection = self.courier:look(program.now())
  local job = self.jobs:add(request, place, connection and connection.mailbox)
  if connection then self.courier:post(job, request, program.now()) end
  return job
end

--- Stops `job`, at once if there is a bridge.
function Desk:cancel(job)
  self.courier:look(program.now())
  self.courier:cancel(job)
  if job.cancelling then
    self.courier:post(job, { request = "cancel", id = job.cancelling, job = job.id }, program.now())
  end
end

--- Sends a question whose answer nobody waits for. True if there is a bridge.
function Desk:ask(message)
  local connection = self.courier:look(program.now())
  if not connection then return false end
  message.id = self.book:client() .. "-" .. ids.digits(program.entropy())
  return self.courier.box:post(message.id, message, connection.key) == true
end

--- Keeps what was changed in `job`: its place, or what is left of its request.
function Desk:keep(job)
  local record = {}
  for name, value in pairs(self.book.state.jobs[job.id] or {}) do record[name] = value end
  if not record.id then return end
  record.place, record.request, record.takes = job.place, job.request, job.takes
  self.book:save(record)
end

return M
