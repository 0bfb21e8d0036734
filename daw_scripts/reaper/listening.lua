--- Listens to what tracks play and writes it down for the bridge: where no file tells what is heard (other speeds,
--- effects of takes, stretch markers, crossfades). A little at every tick; what takes too long is halved the next time.
--
-- What to listen to is `job.listening`, plain values that outlive the script:
--   tracks          `{guid, gain (factor, or nil)}`; more than one are added
--   rate, channels
--   first, frames   samples of the timeline: what is written down
--   from, to        samples of the timeline: the range that is meant in it
local host = require("reaper.host")
local wav = require("shared.wav")

local M = {}

--- Seconds that one read may take, and frames of the first one.
local SLICE_SECONDS, FIRST_FRAMES, LEAST_FRAMES = 0.001, 256, 128
local MOST_TRIES = 4

local function find_tracks(project, plan)
  local by_guid, found = {}, {}
  for _, track in ipairs(host.tracks(project)) do by_guid[host.track_text(track, "GUID")] = track end
  for index, wanted in ipairs(plan.tracks) do
    found[index] = by_guid[wanted.guid]
    if not found[index] then return nil end
  end
  return found
end

local function close(ears)
  for _, ear in ipairs(ears) do host.close_audio(ear.accessor) end
end

local function open(project, plan)
  local tracks, ears = find_tracks(project, plan), {}
  for index, track in ipairs(tracks or {}) do
    ears[index] = { accessor = host.open_track_audio(track), gain = plan.tracks[index].gain or 1 }
  end
  return tracks and ears
end

local function have_changed(ears)
  for _, ear in ipairs(ears) do
    if host.audio_has_changed(ear.accessor) then return true end
  end
  return false
end

local function added(sum, values, gain, count)
  if not sum and gain == 1 then return values end
  sum = sum or {}
  for index = 1, count do sum[index] = (sum[index] or 0) + values[index] * gain end
  return sum
end

--- The bytes of `frames` from sample `first` of the timeline on, and whether anything sounds; nil if it cannot be read.
local function read(ears, plan, first, frames, buffer)
  local count, sum = frames * plan.channels, nil
  for _, ear in ipairs(ears) do
    local values = host.read_audio(ear.accessor, plan.rate, plan.channels, first / plan.rate, frames, buffer)
    if values == false then return nil end
    if values then sum = added(sum, values, ear.gain, count) end
  end
  if sum then return wav.pack(sum, count), true end
  return wav.silence(count), false
end

--- How many frames the next read has, by the seconds that the last one took.
local function next_size(size, seconds, plan)
  if seconds > SLICE_SECONDS then size = size // 2 end
  if seconds < SLICE_SECONDS / 3 then size = size * 2 end
  return math.max(LEAST_FRAMES, math.min(size, host.MOST_VALUES // plan.channels))
end

--- Writes all of it to `file`. Returns "heard", "silent", "changed", "closed", "unreadable" or "full".
local function write_down(file, ears, job, project, clock)
  local plan, done, size, sounds = job.listening, 0, FIRST_FRAMES, false
  local buffer = host.new_buffer(host.MOST_VALUES)
  while done < plan.frames do
    local began, frames = host.now(), math.min(size, plan.frames - done)
    local bytes, is_sound = read(ears, plan, plan.first + done, frames, buffer)
    if not bytes then return "unreadable" end
    if not file:write(bytes) then return "full" end
    done, sounds = done + frames, sounds or is_sound
    job.fraction = done / plan.frames
    local took = host.now() - began
    size = next_size(size, took, plan)
    -- A read as long as the last one must still fit into this tick.
    if clock.left() < 2 * took then clock.wait() end
    if job.state ~= "reading" or not host.is_open(project) then return "closed" end
    if have_changed(ears) then return "changed" end
  end
  return sounds and "heard" or "silent"
end

--- Lets go of what `held` names: accessors, and the file that is not complete.
local function let_go(held)
  close(held.ears or {})
  if held.file then
    held.file:close()
    os.remove(held.path)
  end
  held.ears, held.file = nil, nil
end

--- One try; `held` names what is open meanwhile.
local function one_try(job, project, path, clock, held)
  local plan = job.listening
  held.ears, held.path = open(project, plan), path .. ".part"
  if not held.ears then return "gone" end
  held.file = io.open(held.path, "wb")
  local outcome = "full"
  if held.file then
    held.file:setvbuf("full", 65536)
    if held.file:write(wav.header(plan.rate, plan.channels, plan.frames)) then
      outcome = write_down(held.file, held.ears, job, project, clock)
    end
    if outcome == "heard" then
      local is_complete = held.file:close()
      held.file = nil
      if not (is_complete and os.rename(held.path, path)) then
        os.remove(held.path)
        outcome = "full"
      end
    end
  end
  let_go(held)
  return outcome
end

--- Listens to `job` in `project` as a chore, and writes the WAV `path`. Edits of the tracks meanwhile: from the start
-- again. Calls `ended(outcome)`: "heard"; "closed" where the project was closed or the job stopped; else why not,
-- which is "gone" (track), "silent", "changed" (again and again), "unreadable" or "full" (disk).
function M.start(chores, job, project, path, ended)
  local outcome, held = "unreadable", {}
  chores:add(function(_, left, wait)
    for _ = 1, MOST_TRIES do
      outcome = one_try(job, project, path, { left = left, wait = wait }, held)
      if outcome ~= "changed" then return end
      wait()
      if not host.is_open(project) then
        outcome = "closed"
        return
      end
    end
  end, function(fault)
    if fault then
      host.log("listening.failed job=" .. job.id .. " error=" .. fault)
      let_go(held)
    end
    ended(fault and "unreadable" or outcome)
  end, function() let_go(held) end)
end

return M
