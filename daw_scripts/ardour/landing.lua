--- Lays finished takes into the session: one file brought in at a tick, then all of them at once, in one undo step.
--
-- The variants of a job lie over each other on one track, the first one heard, the others muted. Nothing that was there
-- is changed. Where a result goes is written in `job.place` (see ardour/subject.lua); what has been laid down stays in
-- the book as `place.landed` until Ardour has saved the session: if Ardour dies before that, it is laid down again.
local changes = require("ardour.host.changes")
local clock = require("ardour.clock")
local guests = require("shared.guests")
local notes = require("ardour.notes")
local program = require("ardour.host.program")
local remarks = require("shared.remarks")
local results = require("ardour.results")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")
local tracks = require("ardour.host.tracks")

local M = {}

--- After so much of a turn the next file waits for the next turn; laying down what is there takes next to no time.
local MOST_SECONDS = 0.05
local SIBLING_START = "Dawbridge: variants of track "
local WORK_OF = "Dawbridge: "
local GUEST_START = "Dawbridge: takes of "
--- So many tracks of ours may lie below an original, its variants and their notes.
local MOST_TRACKS_BELOW = 20

--- "Repaint 0:02.000–0:04.000", as sentences and undo steps call a job.
function M.title(job)
  local place = job.place
  local values = { verb = text.say("verb_" .. place.verb), range = place.range, number = place.version }
  return text.say(place.version and "job_title_version" or "job_title", values)
end

local function take_name(job, number)
  local place, tags = job.place, text.shortened(job.request.tags or "", 40)
  local values = { verb = text.say("verb_" .. place.verb), number = number, tags = tags, version = place.version }
  local sentence = place.version and "take_name_version" or tags == "" and "take_name" or "take_name_tags"
  local name = text.say(sentence, values)
  return place.draft and text.say("draft_name", { name = name }) or name
end

--- A take that was made elsewhere may count its place at another rate.
local function samples_here(position, rate) return math.floor(position * timeline.rate() / rate + 0.5) end

--- The files of a job: `{path, number, side, position, name}`, `position` in samples of the timeline.
local function files_of(job)
  local list = {}
  for _, take in ipairs(job.takes) do
    local number = math.tointeger(take.number)
    for _, part in ipairs(take.parts) do
      local side = part.side ~= "" and part.side or nil
      list[#list + 1] = {
        path = part.path, take = take.path, number = number, side = side,
        position = samples_here(part.timeline, part.span.rate), name = take_name(job, number),
      }
    end
  end
  return list
end

local function parked(job, sentence, values)
  values = values or {}
  values.what, values.path = M.title(job), values.path or job.takes[1].path
  return "parked", text.say(sentence, values)
end

--- How far the region under the span was moved since the job was asked for, in samples.
local function shift(place)
  if not place.anchor then return 0 end
  local _, position = tracks.of_region(place.anchor.region)
  return position and position - math.tointeger(place.anchor.position) or 0
end

local function sibling_of(id)
  local mark = SIBLING_START .. id
  for _, track in ipairs(tracks.all()) do
    -- Not 12 where 122 is meant.
    local _, last = track.comment:find(mark, 1, true)
    if last and not track.comment:find("^%d", last + 1) then return track end
  end
  return nil
end

--- The track for a take that was not asked for here: that of the job's other takes.
local function track_of_guests(place)
  for _, track in ipairs(tracks.all()) do
    if track.comment:find(GUEST_START .. place.of, 1, true) then return track.id end
  end
  return nil
end

--- The track for `place`: its id if it is there; nil and true if it has to be made; nil if its place is gone.
local function target(place)
  if place.made and tracks.get(place.made) then return place.made end
  local known = place.of and track_of_guests(place)
  if known then return known end
  if place.manner == "new" then return nil, true end
  local original = place.track and tracks.get(place.track)
  local is_sibling = original and original.comment:find(SIBLING_START, 1, true)
  if place.manner == "on" or is_sibling then return original and original.id end
  local sibling = place.track and sibling_of(place.track)
  if sibling then return sibling.id end
  return nil, original ~= nil
end

--- The track that alone is selected; nil if there is no such.
local function selected_alone()
  local selected = timeline.selection().tracks
  return #selected == 1 and selected[1] or nil
end

--- Ardour selects a track that is new, which nobody has asked for. Ours lie below the one that was selected.
local function give_selection_back(work)
  local now = #work.made > 0 and selected_alone()
  for _ = 1, MOST_TRACKS_BELOW do
    if not work.was_selected or not now or now == work.was_selected then break end
    changes.select_track_above()
    now = selected_alone()
  end
  work.was_selected = nil
end

local function made(work, id)
  work.made[#work.made + 1] = id
  return id
end

local function make_track(desk, job, work)
  local place, channels = job.place, work.imported[1].channels
  local original = place.manner == "beside" and tracks.get(place.track)
  local name = original and text.say("variants_track", { track = original.name }) or place.title
  place.made = made(work, changes.add_track(name, channels, original and original.order + 1))
  if original then
    changes.set_comment(place.made, SIBLING_START .. original.id)
    changes.set_gain(place.made, original.gain)
  else
    changes.set_comment(place.made, place.of and GUEST_START .. place.of or WORK_OF .. M.title(job))
  end
  desk:keep(job)
end

--- Brings the next file in. "busy"; or "parked" if Ardour cannot.
local function import_next(job, work)
  local file = work.files[#work.imported + 1]
  local found = program.exists(file.path) and changes.import(file.path, file.name)
  if not found then return parked(job, "unreadable_take", { path = file.path }) end
  work.imported[#work.imported + 1] = found
  return "busy"
end

--- The track whose notes those of `job` are: the original of a result of a result.
local function owner_of(place, track)
  local meant = place.track and tracks.get(place.track) or tracks.get(track)
  local id = meant.comment:match(SIBLING_START .. "(%w+)")
  return id and tracks.get(id) or meant
end

--- Lays sound and notes down, in one undo step. Returns the ids of the regions; nil and the error.
local function lay(desk, job, work, track)
  local moved, first = shift(job.place), work.files[1].number
  local rivals = job.place.of and results.on(desk, track, job.place.of) or {}
  local label = text.say("undo_verb", { verb = text.say("verb_" .. job.place.verb), range = job.place.range })
  local touched = { track }
  for _, id in pairs(work.note_tracks) do touched[#touched + 1] = id end
  return changes.in_one_undo_step(label, touched, function(playlists)
    local regions = {}
    for _, rival in ipairs(rivals) do changes.show_region(playlists[track], rival.region.id, false) end
    -- The first variant last: the newest lies on top.
    for index = #work.files, 1, -1 do
      local file, source = work.files[index], work.imported[index]
      local position = math.max(0, file.position + moved)
      local is_heard = file.number == first
      regions[#regions + 1] = changes.lay_region(playlists[track], source.id, file.name, position, is_heard)
    end
    local more = notes.lay(work.notes, playlists, work.note_tracks, moved, first)
    return table.move(more, 1, #more, #regions + 1, regions)
  end)
end

local function write_down(desk, job, work, regions)
  local id = guests.job_of(job)
  for index, file in ipairs(work.files) do
    local said = remarks.of(job.takes, file.number)
    desk.ledger:add({
      job = id, number = file.number, path = file.take, side = file.side, source = work.imported[index].source,
      title = file.name, draft = job.place.draft, remarks = #said > 0 and said or nil,
      kept = job.place.of and true or nil,
    })
  end
  for _, file in ipairs(work.notes) do
    if file.source then
      desk.ledger:add({ job = id, number = file.number, path = file.take, role = file.role, source = file.source,
        title = file.name })
    end
  end
  job.place.landed = regions
  -- Enough to lay it down once more; the rest of the request may be long.
  job.request = { request = job.request.request, tags = job.request.tags }
  desk:keep(job)
end

--- Everything but the change itself, a step at a time: files brought in, tracks made. nil once there is nothing left.
local function prepare(desk, job, work, track)
  if #work.imported < #work.files then return import_next(job, work) end
  if notes.bring_in_next(work.notes) then return "busy" end
  if #work.made == 0 then
    local selected = selected_alone()
    work.was_selected = selected == job.place.track and selected or nil
  end
  if not track then
    make_track(desk, job, work)
    return "busy"
  end
  local owner, order = owner_of(job.place, track), tracks.get(track).order + 1
  local found, fresh = notes.tracks_for(work.notes, owner, order + (work.notes_made or 0))
  if not found then
    made(work, fresh)
    work.notes_made = (work.notes_made or 0) + 1
    return "busy"
  end
  work.note_tracks = found
  return nil
end

local function step(desk, job, work)
  if timeline.is_recording() then return "wait", text.say("wait_recording") end
  local track, must_make = target(job.place)
  if not track and not must_make then return parked(job, "parked") end
  if not work.files then
    if not desk.book:is_writable() then return parked(job, "read_only_parked") end
    work.files, work.imported, work.made, work.notes = files_of(job), {}, {}, notes.files_of(job)
  end
  local outcome, sentence = prepare(desk, job, work, track)
  if outcome then return outcome, sentence end
  give_selection_back(work)
  local regions, fault = lay(desk, job, work, track)
  if not regions then return parked(job, "landing_failed", { fault = tostring(fault):match("[^\n]*") }) end
  write_down(desk, job, work, regions)
  return "landed"
end

--- Goes on with the landing of `job` for a while; each step is a call that Ardour alone can make shorter. `work` is a
-- table that the caller keeps for this job, empty at first. Returns "busy", "landed", "wait" and why, or "parked" and a
-- sentence that names the file.
function M.go_on(desk, job, work)
  local began = program.now()
  while true do
    local outcome, sentence = step(desk, job, work)
    local is_last = outcome == "busy" and #work.made > 0
    if outcome ~= "busy" or not is_last and program.now() - began > MOST_SECONDS then return outcome, sentence end
  end
end

--- The place of a take that another program has asked for, as shared/guests.lua describes it: a track of its own.
function M.place_of_guest(guest)
  local from = samples_here(guest.start, guest.rate)
  return {
    verb = guest.verb, manner = "new", title = guests.track_name(guest.verb), draft = guest.request.draft,
    range = clock.range(from, from + samples_here(guest.samples, guest.rate), timeline.rate()),
  }
end

--- Whether what was laid down for `job` is in the session.
function M.is_there(job)
  for _, id in ipairs(job.place.landed or {}) do
    if changes.has_region(id) then return true end
  end
  return false
end

--- Forgets that `job` was laid down: the session that held it was never saved.
function M.take_back(desk, job)
  job.place.landed, job.place.made = nil, nil
  desk:keep(job)
end

return M
