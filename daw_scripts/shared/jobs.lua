--- What became of the jobs that a script has asked for: (reading →) sent → accepted → running → done, failed or
--- cancelled; and parked, where a result could not be laid in.
--
-- A job is a plain table, kept in the store under its id:
--   id, request     the job's id and the request as it is sent
--   place           where the result belongs; the host's own words
--   state           one of the eight above
-- listening       with state "reading": what has to be listened to before the request is complete; the host's own
-- words
--   takes           with state "done": what the bridge made
--   problem         with state "failed": code, message, hint
--   sentence        with state "parked": why, and where the files are
--   seq             of the newest event about it
--   cancelling      id of the `cancel` that the user asked for
--   mailbox         folder of the bridge that it was sent to
-- and, not kept: fraction, stage, position (jobs before it), next_send, tries and `resumed`: known from an earlier run.
local json = require("shared.json")

local M = {}
local Jobs = {}
Jobs.__index = Jobs

local KEPT = { "id", "request", "place", "state", "listening", "takes", "problem", "sentence", "seq", "cancelling",
  "mailbox" }
local LAST = { done = true, failed = true, cancelled = true, parked = true }
local SLOWEST_RESEND_SECONDS = 15

--- The jobs that `store` remembers. `log(sentence)` hears of what a user cannot mend.
function M.open(store, log)
  local records, broken = store:load()
  for _, name in ipairs(broken) do log("store.unreadable file=" .. name) end
  local jobs = setmetatable({ store = store, log = log, by_id = {}, order = {} }, Jobs)
  for _, record in ipairs(records) do jobs:adopt(record) end
  return jobs
end

--- Takes in a job that another run, or another script, has left in the store. Returns it.
function Jobs:adopt(record)
  if self.by_id[record.id] then return self.by_id[record.id] end
  record.next_send, record.tries, record.resumed = 0, 0, true
  self.by_id[record.id] = record
  self.order[#self.order + 1] = record.id
  return record
end

--- All jobs, oldest first.
function Jobs:all()
  local list = {}
  for index, id in ipairs(self.order) do list[index] = self.by_id[id] end
  return list
end

function Jobs:get(id) return self.by_id[id] end

local function save(jobs, job)
  local record = {}
  for _, name in ipairs(KEPT) do record[name] = job[name] end
  local done, fault = jobs.store:save(record)
  if not done then jobs.log("store.failed job=" .. job.id .. " reason=" .. tostring(fault)) end
end

--- Remembers a new job, to be sent at the next `due`; with `listening`, when `complete` has been called.
function Jobs:add(request, place, mailbox, listening)
  local job = { id = request.job, request = request, place = place, mailbox = mailbox, listening = listening, seq = 0,
    state = listening and "reading" or "sent" }
  job.next_send, job.tries = 0, 0
  self.by_id[job.id] = job
  self.order[#self.order + 1] = job.id
  save(self, job)
  return job
end

--- Remembers, as `id`, a take that another program has asked for and that is to be laid in here; `event` is the
-- `place` that brought it. See shared/guests.lua. Does nothing where it is known already.
function Jobs:receive(id, event, request, place)
  if self.by_id[id] then return self.by_id[id] end
  local job = { id = id, request = request, place = place, state = "done", takes = json.list({ event.take }),
    seq = math.tointeger(event.seq) or 0 }
  job.next_send, job.tries = 0, 0
  self.by_id[job.id] = job
  self.order[#self.order + 1] = job.id
  save(self, job)
  return job
end

--- What had to be listened to is now the file `path`: the request of `job` is complete.
function Jobs:complete(job, path)
  job.request.source, job.listening, job.fraction = { path = path }, nil, nil
  job.state = "sent"
  save(self, job)
end

--- The result of `job` lies on disk but not in the project, and `sentence` says why. It is listed until it is
-- dismissed.
function Jobs:park(job, sentence)
  job.state, job.sentence = "parked", sentence
  save(self, job)
end

--- Ends our interest: the result lies where it belongs, or the user has been told.
function Jobs:forget(id)
  self.store:forget(id)
  self.by_id[id] = nil
  for index, other in ipairs(self.order) do
    if other == id then table.remove(self.order, index) break end
  end
end

--- Asks for `id` to be stopped; `ask` is the fresh id of that question.
function Jobs:cancel(id, ask)
  local job = self.by_id[id]
  if not job or job.cancelling or LAST[job.state] then return end
  job.cancelling, job.next_send, job.tries = ask, 0, 0
  save(self, job)
end

--- The job that has waited longest for a message to be sent, and that message; nil if nothing is due.
function Jobs:due(now)
  for _, job in ipairs(self:all()) do
    if not LAST[job.state] and job.next_send <= now then
      if job.cancelling then return job, { request = "cancel", id = job.cancelling, job = job.id } end
      if job.state == "sent" then return job, job.request end
    end
  end
  return nil
end

--- Notes that a message about `job` went out (or could not): the next try comes after 1, 2, 4, 8, 15, 15 … s.
function Jobs:tried(job, now)
  job.tries = job.tries + 1
  job.first_try = job.first_try or now
  job.next_send = now + math.min(2 ^ (job.tries - 1), SLOWEST_RESEND_SECONDS)
end

--- Ends `job` as failed without a word from the bridge.
function Jobs:fail(job, problem)
  job.state, job.problem = "failed", problem
  save(self, job)
end

--- Ends `job` as cancelled without a word from the bridge: its letter was taken back unread.
function Jobs:drop(job)
  job.state = "cancelled"
  save(self, job)
end

local hear = {}

function hear.accepted(job, event)
  job.position = event.position or 0
  if job.state == "sent" then job.state = "accepted" end
end

function hear.started(job) job.state = "running" end

function hear.progress(job, event)
  job.fraction, job.stage = event.fraction or 0, event.stage or ""
  if job.state == "accepted" then job.state = "running" end
end

function hear.done(job, event)
  job.state, job.takes = "done", event.takes or json.list()
  if #job.takes > 0 then return end
  job.state = "failed"
  job.problem = { code = "bridge_fault", message = "The job ended without a take.", hint = "" }
end

function hear.failed(job, event) job.state, job.problem = "failed", event.error end

function hear.cancelled(job) job.state = "cancelled" end

--- The cancel was heard and `cancelled` will follow; asked again in a while in case that word is lost.
function hear.ok(job, _, now) job.next_send = now + SLOWEST_RESEND_SECONDS end

function hear.refused(job, event, now)
  local code = event.error.code
  if code == "wrong_key" then
    -- The bridge was started anew: the next try reads its new key.
    job.next_send = math.min(job.next_send, now + 0.25 * job.tries)
  elseif job.cancelling and code == "unknown_job" then
    job.state = "cancelled"
  elseif job.cancelling and event.id == job.cancelling then
    job.next_send = now + SLOWEST_RESEND_SECONDS
  else
    job.state, job.problem = "failed", event.error
  end
end

local function subject(jobs, event)
  if event.job and event.job ~= "" then return jobs.by_id[event.job] end
  for _, job in pairs(jobs.by_id) do
    if job.cancelling and job.cancelling == event.id then return job end
  end
  return nil
end

--- Takes in one event that arrived at `now`. Returns the job it is about; nil if it is none of ours, old, or about a
-- job that has ended: events may come twice, and a job that is over stays as it is.
function Jobs:hear(event, now)
  local job = subject(self, event)
  if not job or not hear[event.event] or LAST[job.state] then return nil end
  local seq = math.tointeger(event.seq) or 0
  if seq > 0 and seq <= job.seq then return nil end
  hear[event.event](job, event, now)
  job.seq = math.max(job.seq, seq)
  if event.event ~= "progress" then save(self, job) end
  return job
end

return M
