--- How a job is getting on, in a few words and a bar.
local text = require("shared.text")

local M = {}

local UNANSWERED_SECONDS = 5

local function waiting(job, courier)
  if courier.engine == "starting" then return text.say("engine_starting") end
  if courier.engine == "down" then return text.say("engine_down") end
  local before = math.tointeger(job.position) or 0
  return text.say(before > 0 and "queued_behind" or "queued", { count = before })
end

local function sentence(job, courier, now)
  if job.state == "done" then return job.waits or "" end
  local is_mute = job.first_try and now - job.first_try > UNANSWERED_SECONDS
  if not courier.connection or job.state == "sent" and is_mute then return text.say("unanswered") end
  if job.cancelling then return text.say("cancelling") end
  if job.state == "sent" then return text.say("sending") end
  if job.state == "accepted" then return waiting(job, courier) end
  local stage = job.stage or ""
  return stage == "" and text.say("rendering") or text.say("running", { stage = stage })
end

--- Whether Esc may still stop `job`.
function M.can_stop(job)
  return not job.cancelling and (job.state == "sent" or job.state == "accepted" or job.state == "running")
end

--- What the job is about, for eyes.
function M.title(job)
  return text.say("job_title", { verb = text.say("verb_repaint"), range = job.place.range })
end

--- The job as the window shows it: `{title, status, fraction}`; no fraction while it has not begun.
function M.row(job, courier, now)
  local runs = job.state == "running" or job.state == "done"
  return {
    title = M.title(job),
    status = sentence(job, courier, now),
    fraction = runs and (job.state == "done" and 1 or job.fraction or 0) or nil,
  }
end

return M
