--- The notes of a take: MIDI regions on a MIDI track for each instrument, beside the track that they were made for.
--
-- They go with the audio: brought in before it, laid down in the same undo step. A file that Ardour cannot read is left
-- out, because the audio is what was asked for.
local changes = require("ardour.host.changes")
local program = require("ardour.host.program")
local text = require("shared.text")
local tracks = require("ardour.host.tracks")

local M = {}

local START = "Dawbridge: notes of track "

--- The MIDI files of `job`, as `{path, take, number, role, position, name}`; none where nobody has wished for them.
function M.files_of(job)
  local list = {}
  for _, take in ipairs(job.place.midi and job.takes or {}) do
    for _, part in ipairs(take.parts) do
      for _, notes in ipairs(part.midi or {}) do
        local number = math.tointeger(take.number)
        local values = { verb = text.say("verb_" .. job.place.verb), number = number, role = notes.role }
        list[#list + 1] = {
          path = notes.path, take = take.path, number = number, role = notes.role,
          position = math.tointeger(notes.timeline), name = text.say("notes_name", values),
        }
      end
    end
  end
  return list
end

--- Brings the next of `files` in. False where all of them are.
function M.bring_in_next(files)
  for _, file in ipairs(files) do
    if file.id == nil then
      local found = program.exists(file.path) and changes.import_notes(file.path)
      file.id = found and found.id or false
      if not found then program.log("notes.unreadable path=" .. file.path) end
      return true
    end
  end
  return false
end

--- What the comments of the track for the notes of `role` beside the track `id` begin with.
local function mark_of(id, role) return START .. id .. ", " .. role .. "." end

local function find(id, role)
  for _, track in ipairs(tracks.midi()) do
    if track.comment:find(mark_of(id, role), 1, true) then return track.id end
  end
  return nil
end

--- Finds the tracks for `files`, as role → id, those of `owner` (`{id, name}`). Where one is missing it is made in the
-- order number `order`, and nothing else is done. Returns the tracks; or nil and the id of the new one.
function M.tracks_for(files, owner, order)
  local found = {}
  for _, file in ipairs(files) do
    if file.id and not found[file.role] then
      local id = find(owner.id, file.role)
      if not id then
        id = changes.add_midi_track(text.say("notes_role_track", { track = owner.name, role = file.role }), order)
        changes.set_comment(id, mark_of(owner.id, file.role))
        return nil, id
      end
      found[file.role] = id
    end
  end
  return found
end

--- Lays `files` onto `playlists` (by track, `ids` by role), moved by `moved` samples; those of take `first` are heard.
-- Returns the ids of the regions.
function M.lay(files, playlists, ids, moved, first)
  local regions = {}
  -- The first variant last: the newest lies on top.
  for index = #files, 1, -1 do
    local file = files[index]
    if file.id then
      local position = math.max(0, file.position + moved)
      local playlist, is_heard = playlists[ids[file.role]], file.number == first
      regions[#regions + 1], file.source = changes.lay_notes(playlist, file.id, file.name, position, is_heard)
    end
  end
  return regions
end

return M
