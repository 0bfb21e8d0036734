--- How jobs and engine are getting on, in lines for a dialog.
local landing = require("ardour.landing")
local results = require("ardour.results")
local text = require("shared.text")

local M = {}

local function of_engine(report)
  local engine = report.engine
  if engine == "starting" or engine == "down" or engine == "ready" then return text.say("engine_is_" .. engine) end
  return text.say("engine_is_unknown")
end

local function of_job(job, row)
  if job.state == "done" then return row.waits or text.say("landing") end
  if job.cancelling then return text.say("cancelling") end
  local state = row.state or job.state
  if state == "sent" then return text.say("sending") end
  if state == "accepted" then
    local before = math.tointeger(row.position) or 0
    return text.say(before > 0 and "queued_behind" or "queued", { count = before })
  end
  local stage = row.stage or ""
  local percent = string.format("%d %%", math.floor((row.fraction or 0) * 100 + 0.5))
  return percent .. " " .. (stage == "" and text.say("rendering") or text.say("running", { stage = stage }))
end

--- Jobs that are not laid in yet, oldest first.
function M.waiting(desk)
  local list = {}
  for _, job in ipairs(desk.jobs:all()) do
    if not job.place.landed and job.state ~= "failed" and job.state ~= "cancelled" then list[#list + 1] = job end
  end
  return list
end

--- Jobs that can still be stopped, the newest first.
function M.stoppable(desk)
  local list = {}
  for _, job in ipairs(M.waiting(desk)) do
    if job.state ~= "done" and not job.cancelling then table.insert(list, 1, job) end
  end
  return list
end

--- The lines: bridge and engine, the watcher if it is not at work, every job, and what the engine remarked on the
-- result that is selected.
function M.lines(desk, report, is_watched)
  local has_bridge = desk:find_bridge()
  local lines = { has_bridge and of_engine(report) or text.say("bridge_is_off") }
  local problem = has_bridge and report.engine == "down" and report.engine_problem
  if problem then lines[#lines + 1] = text.problem(problem) end
  if not is_watched then lines[#lines + 1] = text.say("watcher_is_off") end
  local jobs = M.waiting(desk)
  for _, job in ipairs(jobs) do
    local row = report.jobs and report.jobs[job.id] or {}
    lines[#lines + 1] = landing.title(job) .. ": " .. of_job(job, row)
  end
  if #jobs == 0 then lines[#lines + 1] = text.say("no_jobs") end
  local chosen = results.selected(desk)[1]
  local remarks = chosen and chosen.entry.remarks or {}
  if #remarks > 0 then lines[#lines + 1] = text.say("remarks") end
  return table.move(remarks, 1, #remarks, #lines + 1, lines)
end

return M
