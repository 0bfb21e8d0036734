--- Brings jobs on in REAPER: listens for those that are not complete, lays in those that are done, lists those that
--- ended, and lays down takes that somebody has chosen elsewhere.
local guests = require("shared.guests")
local host = require("reaper.host")
local landing = require("reaper.landing")
local listening = require("reaper.listening")
local results = require("reaper.results")
local spots = require("reaper.subjects.spot")
local steering = require("reaper.steering")
local text = require("shared.text")
local status = require("reaper.status")

local M = {}

local LANDING_SECONDS = 0.5
local FAULTS = { gone = "listen_gone", silent = "listen_silent", changed = "listen_changed",
  unreadable = "listen_unreadable", full = "listen_full" }
local LAST_CHOICE = "last_choice"
local MOST_LANDED, TRIMMED_AT_ONCE = 200, 8

--- Where the WAV of what was listened to lies: in the job's own folder, beside the takes that are made of it.
local function wav_path(job)
  local join, folder = host.files.join, host.own_folder("audio")
  if job.request.project then return join(join(join(job.request.project, "Dawbridge"), job.id), "source.wav") end
  return join(folder, job.id .. ".wav")
end

--- Removes what was listened to for a job of which nothing has come. Where something has, it stays: the recipe of the
-- take names it, and `again` reads it.
function M.clean(job)
  local source = job.request.source
  if source and source.path and source.path == wav_path(job) then host.files.remove(source.path) end
end

local function cannot_hear(session, job, outcome, path)
  local message = text.say(FAULTS[outcome], { what = status.title(job), path = path })
  session.jobs:fail(job, { code = "unreadable_audio", message = message, hint = text.say("listen_hint") })
end

local function listen(session, job, now)
  if job.is_busy or (job.next_landing or 0) > now then return end
  job.next_landing = now + LANDING_SECONDS
  local spot, is_open = landing.find_spot(job)
  if not spot and is_open then return cannot_hear(session, job, "gone", "") end
  if not spot then return end
  job.is_busy = true
  local path = wav_path(job)
  host.make_folder(path:match("^(.*)[/\\]"))
  listening.start(session.chores, job, spot.project, path, function(outcome)
    job.is_busy = false
    if job.state ~= "reading" or outcome == "closed" then return end
    if outcome == "heard" then return session.jobs:complete(job, path) end
    cannot_hear(session, job, outcome, path)
  end)
end

--- Remembers what was laid in, for takes that are chosen later; the oldest are let go of.
local function note_landed(session, job)
  session.landed:save({ id = job.id, request = job.request, place = job.place, takes = job.takes, state = "done" })
  session.trims = TRIMMED_AT_ONCE
end

--- Says once that a take which was chosen elsewhere waits for its project.
local function mention(session, job)
  if not job.place.of or job.is_mentioned or landing.find_spot(job) then return end
  job.is_mentioned = true
  local values = { what = status.title(job), project = job.place.project_folder or job.place.project_file }
  values.path = job.takes[1].path
  session:notice(text.say("guest_waits", values))
end

local function laid(session, job, outcome, sentence)
  job.is_busy = false
  job.waits = outcome == "wait" and sentence or nil
  if outcome == "wait" then return mention(session, job) end
  if outcome == "parked" then return session.jobs:park(job, sentence) end
  if sentence then session:notice(sentence) end
  note_landed(session, job)
  session.jobs:forget(job.id)
  if job.chosen and job.takes[1].number ~= job.chosen then
    M.place(session, { job = job.id, take = { number = job.chosen } })
  end
end

local function land(session, job, now)
  if job.is_busy or (job.next_landing or 0) > now then return end
  job.next_landing = now + LANDING_SECONDS
  if job.cancelling then
    local values = { what = status.title(job), path = job.takes[1].path }
    return session.jobs:park(job, text.say("finished_before_cancel", values))
  end
  job.is_busy = true
  landing.start(session.chores, job, function(outcome, sentence) laid(session, job, outcome, sentence) end)
end

--- Lets go of one of the oldest notes of what was laid in, if there are too many. Job ids carry their time behind the
-- verb.
local function trim(session)
  if (session.trims or 0) == 0 then return end
  session.trims = session.trims - 1
  local names = host.files.list(session.landed.folder)
  if #names <= MOST_LANDED then
    session.trims = 0
    return
  end
  table.sort(names, function(one, other) return (one:match("%d.*") or one) < (other:match("%d.*") or other) end)
  session.landed:forget((names[1]:gsub("%.json$", "")))
end

--- One turn for all jobs.
function M.settle(session, now)
  for _, job in ipairs(session.jobs:all()) do
    if job.state == "reading" then
      listen(session, job, now)
    elseif job.state == "done" then
      land(session, job, now)
    elseif job.state == "cancelled" then
      M.clean(job)
      session.jobs:forget(job.id)
    end
  end
  trim(session)
end

--- Lets variant `number` of `job` be heard in the tab where it lies. Returns whether it lies in one.
local function play_in_a_tab(job, number, pause)
  for _, tab in ipairs(host.tabs()) do
    local track = host.is_open(tab.project) and results.is_anywhere(tab.project, job, pause)
    local group = track and steering.group(tab.project, job, nil, { track })
    for _, there in ipairs(group and group.numbers or {}) do
      if there == number then
        if not host.is_recording() then steering.play(group, number) end
        return true
      end
    end
  end
  return false
end

--- A take that another program has asked for: it goes to the tab of its project; to the one in front if it has none.
local function receive(session, event)
  local guest = guests.of(host.files, event)
  local project, file = host.project()
  local from = guest.start / guest.rate
  local place = spots.place({ id = guest.verb }, guest.project == "" and file or "", nil, from,
    from + guest.samples / guest.rate)
  place.project_folder, place.draft = guest.project ~= "" and guest.project or nil, guest.request.draft
  local job = guests.receive(session.jobs, event, guest.request, place)
  job.tab = guest.project == "" and project or nil
end

local function lay_again(session, event, number)
  local job = session.landed:read(event.job) or session.landed:read(guests.id(event.job, number))
  if not job then return receive(session, event) end
  landing.start(session.chores, job, function(_, sentence)
    if sentence then session:notice(sentence) end
  end, number)
end

local function last_choice() return math.tointeger(tonumber(host.remembered(LAST_CHOICE))) or 0 end

--- The bridge has said hello. One that counts its events from the beginning again has forgotten all choices, as we do.
function M.meet(welcome)
  if (math.tointeger(welcome.seq) or 0) < last_choice() then host.remember(LAST_CHOICE, "", true) end
end

--- Whether the choice `event` has been obeyed already: after a greeting the bridge repeats what was said since the
-- oldest job that we remember.
local function is_old(event)
  local seq = math.tointeger(event.seq) or 0
  if seq > 0 and seq <= last_choice() then return true end
  if seq > 0 then host.remember(LAST_CHOICE, tostring(seq), true) end
  return false
end

--- Somebody chose a take, perhaps in another program: it is heard; if it was discarded here, it is laid in again.
function M.place(session, event)
  if is_old(event) then return end
  local job, number, is_there = session.jobs:get(event.job), math.tointeger(event.take.number), false
  if job then
    job.chosen = number
    return
  end
  session.chores:add(function(pause) is_there = play_in_a_tab(event.job, number, pause) end, function(fault)
    if fault then return host.log("place.failed job=" .. event.job .. " error=" .. fault) end
    if not is_there then lay_again(session, event, number) end
  end)
end

return M
