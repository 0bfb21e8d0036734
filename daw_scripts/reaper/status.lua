--- How a job is getting on, in a few words and a bar.
local text = require("shared.text")

local M = {}

local UNANSWERED_SECONDS = 5
local RUNNING = { reading = true, sent = true, accepted = true, running = true }

local function waiting(job, courier)
  if courier.engine == "starting" then return text.say("engine_starting") end
  if courier.engine == "down" then return text.say("engine_down") end
  local before = math.tointeger(job.position) or 0
  return text.say(before > 0 and "queued_behind" or "queued", { count = before })
end

local function sentence(job, courier, now)
  if M.has_ended(job) then return M.message(job) end
  if job.state == "done" then return job.waits or text.say("landing") end
  if job.state == "reading" then return text.say("reading") end
  local is_mute = job.first_try and now - job.first_try > UNANSWERED_SECONDS
  if not courier.connection or job.state == "sent" and is_mute then return text.say("unanswered") end
  if job.cancelling then return text.say("cancelling") end
  if job.state == "sent" then return text.say("sending") end
  if job.state == "accepted" then return waiting(job, courier) end
  local stage = job.stage or ""
  return stage == "" and text.say("rendering") or text.say("running", { stage = stage })
end

--- Whether `job` may still be stopped.
function M.can_stop(job) return not job.cancelling and RUNNING[job.state] == true end

--- Whether nothing will happen to `job` any more: the user reads why, and dismisses it.
function M.has_ended(job) return job.state == "failed" or job.state == "parked" end

--- Why `job` has ended, with what to do.
function M.message(job)
  if job.state == "failed" then return text.problem(job.problem) end
  return job.sentence
end

--- What the job is about, for eyes.
function M.title(job)
  local values = { verb = text.say("verb_" .. job.place.verb), range = job.place.range, number = job.place.version }
  return text.say(job.place.version and "job_title_version" or "job_title", values)
end

--- The job as windows show it:
--   id, verb, title, status   words
--   fraction                  0 to 1; nil while it has not begun
--   can_stop                  Session:cancel has an effect
--   has_ended                 it failed or is parked: `status` says why, Session:dismiss takes it off the list
--   path                      where the finished audio lies, if it is finished
function M.row(job, courier, now)
  local runs = job.state == "running" or job.state == "done" or job.state == "reading"
  return {
    id = job.id, verb = job.place.verb, title = M.title(job), status = sentence(job, courier, now),
    fraction = runs and (job.state == "done" and 1 or job.fraction or 0) or nil,
    can_stop = M.can_stop(job), has_ended = M.has_ended(job), path = job.takes and job.takes[1] and job.takes[1].path,
  }
end

return M
