--- Takes that another program has asked for and that are to be laid in here: somebody worked in the panel on a region
--- of this host, or sent a take to it.
--
-- Nothing was remembered when they were asked for. The request lies beside the take, in the job's folder; without it
-- the take itself says where it belongs.
local json = require("shared.json")
local text = require("shared.text")

local M = {}

local WORDS = { repaint = true, generate = true, retake = true, layer = true, edit = true, again = true,
  accompany = true, separate = true }

local function verb_of(request, part)
  if request.request == "extend" then return part.side == "left" and "extend_left" or "extend_right" end
  return WORDS[request.request] and request.request or "generate"
end

--- What is known of the job of the event `place`: `{request, verb, project, start, rate, samples}`. `request` is the
-- little of it that landing needs, `project` the folder of its project ("" for none), `start` the sample of the
-- timeline where its new audio begins. `files` as in shared/mailbox.lua.
function M.of(files, event)
  local take = event.take
  local part = take.parts[1]
  local folder = take.path:match("^(.*)[/\\][^/\\]*$") or ""
  local found = json.decode(files.read(files.join(folder, "request.json")) or "")
  local request = type(found) == "table" and found or {}
  return {
    request = {
      request = type(request.request) == "string" and request.request or "generate", timeline = part.timeline,
      tags = type(request.tags) == "string" and request.tags or "", draft = request.draft == true or nil,
      role = type(request.role) == "string" and request.role or nil,
    },
    verb = verb_of(request, part), project = type(request.project) == "string" and request.project or "",
    start = math.tointeger(part.timeline) or 0, rate = part.span.rate, samples = math.tointeger(part.samples) or 0,
  }
end

--- Under which id the take `number` of `job` is remembered: further ones of the job may be chosen later.
function M.id(job, number) return job .. "_" .. math.tointeger(number) end

--- The job that made what the record `job` lays in.
function M.job_of(job) return job.place.of or job.id end

--- Notes the take of `event` among `jobs` as one whose result is there and belongs to `place`. Returns the record.
function M.receive(jobs, event, request, place)
  place.of = event.job
  return jobs:receive(M.id(event.job, event.take.number), event, request, place)
end

--- The name of a track for results of that verb.
function M.track_name(verb) return text.say("guest_track", { verb = text.say("verb_" .. verb) }) end

return M
