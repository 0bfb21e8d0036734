--- What the watcher tells the actions: that it is at work, what the engine does, and how far the jobs are.
--
-- It is the only one of the scripts that hears the bridge all the time. One small file for each session, in Dawbridge's
-- home folder; written when something has changed, at most once a second, and every few seconds as a sign of life.
local book = require("ardour.book")
local files_module = require("shared.files")
local json = require("shared.json")

local M = {}

local ALIVE_SECONDS = 5
local BRIEFEST_SECONDS = 1
--- Older than this, nobody writes it any more.
M.STALE_SECONDS = 3 * ALIVE_SECONDS

local ENGINE = { "engine", "engine_problem" }

--- Where the report of the session in the folder `path` lies.
function M.path(home, path) return files_module.join(home, "ardour-" .. book.digest(path) .. "-report.json") end

local function jobs_of(desk)
  local rows = json.object()
  for _, job in ipairs(desk.jobs:all()) do
    rows[job.id] = { state = job.state, fraction = job.fraction, stage = job.stage, position = job.position,
      waits = job.waits }
  end
  return rows
end

--- Writes the report of `desk` if it is due. `last` is what the caller keeps of the last one: a table, empty at first.
-- `slices` are the longest turns of the watcher, for whoever wonders what Dawbridge costs.
function M.write(files, desk, last, now, slices)
  if now < (last.next or 0) then return end
  last.next = now + BRIEFEST_SECONDS
  local found = json.object({ jobs = jobs_of(desk) })
  for _, name in ipairs(ENGINE) do found[name] = desk.courier[name] end
  local bytes = json.encode(found) or "{}"
  -- What the bridge can do is long, and seldom another.
  if last.welcome ~= desk.courier.welcome then
    last.welcome, last.welcome_text = desk.courier.welcome, json.encode(desk.courier.welcome)
    last.bytes = nil
  end
  if bytes == last.bytes and now < last.alive then return end
  last.bytes, last.alive = bytes, now + ALIVE_SECONDS
  local more = json.encode({ time = os.time(), slices = slices })
  local whole = bytes:sub(1, -2) .. "," .. more:sub(2, -2)
    .. (last.welcome_text and ',"welcome":' .. last.welcome_text or "") .. "}"
  local path = M.path(desk.home, desk.session.path)
  if not files.publish(path .. ".tmp", path, whole) then
    files.remove(path)
    files.publish(path .. ".tmp", path, whole)
  end
end

--- The newest report for `desk`, and whether somebody still writes it; an empty table if there is none.
function M.read(files, desk)
  local found = json.decode(files.read(M.path(desk.home, desk.session.path)) or "")
  if type(found) ~= "table" or math.type(found.time) ~= "integer" then return {}, false end
  return found, os.time() - found.time <= M.STALE_SECONDS
end

return M
