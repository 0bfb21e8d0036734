--- Projects, tracks, items, takes and sources of the fake, with undo; and the functions with which tests arrange them.
local M = {}

local TRACK = { I_FOLDERDEPTH = 0, I_FREEMODE = 0, I_NUMFIXEDLANES = 1, D_VOL = 1, D_PAN = 0, I_NCHAN = 2, B_MUTE = 0,
  C_BEATATTACHMODE = -1, I_SOLO = 0 }
local ITEM = { D_POSITION = 0, D_LENGTH = 0, B_LOOPSRC = 1, B_MUTE = 0, C_LOCK = 0, D_VOL = 1, I_FIXEDLANE = 0,
  D_FADEINLEN = 0, D_FADEOUTLEN = 0, D_FADEINLEN_AUTO = 0, D_FADEOUTLEN_AUTO = 0, I_GROUPID = 0 }
local TAKE = { D_STARTOFFS = 0, D_PLAYRATE = 1, D_PITCH = 0, B_PPITCH = 0, D_VOL = 1, D_PAN = 0, I_CHANMODE = 0 }

local function with(defaults, given)
  local info = {}
  for key, value in pairs(defaults) do info[key] = value end
  for key in pairs(defaults) do
    if given and given[key] ~= nil then info[key] = given[key] end
  end
  return info
end

local function copy(value, seen)
  if type(value) ~= "table" then return value end
  if seen[value] then return seen[value] end
  local result = {}
  seen[value] = result
  for key, part in pairs(value) do result[copy(key, seen)] = copy(part, seen) end
  return result
end

--- Whether `thing` is in `list`; it remembers its place there, because a real REAPER does not search either.
local function contains(list, thing)
  if list[thing.slot] == thing then return true end
  for index, other in ipairs(list) do
    if other == thing then
      thing.slot = index
      return true
    end
  end
  return false
end

--- The bit of an undo step that covers items.
local ITEMS = 4

local ALIVE = {}

function ALIVE.ReaProject(world, project) return contains(world.projects, project) end

function ALIVE.MediaTrack(world, track)
  return ALIVE.ReaProject(world, track.project) and contains(track.project.tracks, track)
end

function ALIVE.MediaItem(world, item)
  return ALIVE.MediaTrack(world, item.track) and contains(item.track.items, item)
end

function ALIVE.MediaItem_Take(world, take)
  return ALIVE.MediaItem(world, take.item) and contains(take.item.takes, take)
end

function ALIVE.PCM_source(_, source) return not source.is_destroyed end

local function pointers(world)
  function world.is_alive(thing, kind)
    return type(thing) == "table" and thing.kind == kind and ALIVE[kind](world, thing)
  end

  --- `thing` if it is a living `kind`; REAPER would raise, or crash.
  function world.need(thing, kind)
    if not world.is_alive(thing, kind) then error(kind .. " expected, got a dead or other pointer", 3) end
    return thing
  end

  --- The project `project`, or the one in front for 0 and nil.
  function world.project_of(project)
    if project == nil or project == 0 then return world.projects[world.front] end
    return world.need(project, "ReaProject")
  end

  --- Called by every function that changes a project: outside an undo block it is a change that the user cannot undo.
  -- `bit` says which bit of an undo step covers it; 4, items, if left out.
  function world.changes(project, what, bit)
    if project.open_blocks == 0 then table.insert(world.unguarded, what) end
    project.needed_flags = (project.needed_flags or 0) | (bit or ITEMS)
  end
end

local function undo(world)
  --- The project itself is not copied: a restored track belongs to the same one. What that takes is the fake's own
  -- time.
  local function snapshot(project)
    local began = os.clock()
    local tracks = copy(project.tracks, { [project] = project })
    world.own_seconds = world.own_seconds + os.clock() - began
    return tracks
  end

  function world.begin_block(project)
    project.open_blocks = project.open_blocks + 1
    if project.open_blocks == 1 then project.before = snapshot(project) end
  end

  function world.end_block(project, label, flags)
    if project.open_blocks ~= 1 then error("Undo_EndBlock2 without its Undo_BeginBlock2") end
    project.open_blocks, project.redo = 0, {}
    local uncovered = (project.needed_flags or 0) & ~flags
    if uncovered ~= 0 then error("an undo step with flags " .. flags .. " does not cover " .. uncovered) end
    project.needed_flags = 0
    table.insert(project.undo, { label = label, flags = flags, tracks = project.before })
  end

  function world.undo(project)
    local step = table.remove(project.undo)
    if not step then return false end
    table.insert(project.redo, { label = step.label, flags = step.flags, tracks = snapshot(project) })
    project.tracks = step.tracks
    return true
  end

  function world.redo(project)
    local step = table.remove(project.redo)
    if not step then return false end
    table.insert(project.undo, { label = step.label, flags = step.flags, tracks = snapshot(project) })
    project.tracks = step.tracks
    return true
  end
end

local function builders(world, options)
  local function guid()
    world.guids = world.guids + 1
    return string.format("{%08X-1111-4000-8000-%012X}", options.salt, world.guids)
  end

  function world.add_project(given)
    local project = { slot = 0, kind = "ReaProject", file = given.file or "", media = given.media or options.resource,
      tracks = {}, undo = {}, open_blocks = 0, from = 0, to = 0, cursor = 0, regions = {}, offset = given.offset or 0,
      redo = {}, notes = given.notes or "", ext = {}, is_read_only = given.is_read_only or false,
      rate = given.rate or 48000, uses_rate = given.uses_rate ~= false,
      tempo = given.tempo or { { t = 0, bpm = 120, num = 4, den = 4 } } }
    table.insert(world.projects, project)
    return project
  end

  --- Lanes that come into being play along with the others, which is what somebody has read back from REAPER 7.80.
  function world.fit_lanes(track)
    for lane = 0, 64 do
      local is_there = lane < track.info.I_NUMFIXEDLANES
      track.lane_plays[lane] = is_there and (track.lane_plays[lane] or 2) or nil
    end
  end

  function world.add_track(project, given, index)
    local track = { slot = 0, kind = "MediaTrack", project = project, items = {}, lane_plays = { [0] = 1 },
      info = with(TRACK, given), is_selected = given.is_selected or false, revision = 0,
      text = { GUID = given.GUID or guid(), P_NAME = given.P_NAME or "", P_RAZOREDITS_EXT = given.razor or "" } }
    for lane = 1, track.info.I_NUMFIXEDLANES - 1 do track.lane_plays[lane] = 0 end
    table.insert(project.tracks, index or #project.tracks + 1, track)
    return track
  end

  function world.add_item(track, given)
    local item = { slot = 0, kind = "MediaItem", track = track, takes = {}, info = with(ITEM, given), current = 1,
      is_selected = given.is_selected or false, text = { GUID = given.GUID or guid(), P_NOTES = given.P_NOTES or "" } }
    table.insert(track.items, item)
    return item
  end

  function world.add_take(item, given, source)
    local take = { slot = 0, kind = "MediaItem_Take", item = item, source = source, info = with(TAKE, given),
      stretch_markers = given.stretch_markers or 0, fx = given.fx or 0, envelopes = given.envelopes or 0,
      text = { GUID = given.take_GUID or guid(), P_NAME = given.P_NAME or "" } }
    table.insert(item.takes, take)
    return take
  end

  --- A source that plays `path` (told its rate, channels and length by the test), of REAPER's type `given.type`. A MIDI
  -- file has no rate, and its length counts quarter notes.
  function world.add_source(path, given)
    local quarters = path:find("%.mid$") and options.quarters and options.quarters(path)
    if quarters then given = { type = "MIDI", seconds = quarters, in_beats = true } end
    local rate, channels, samples = options.probe(path)
    if not rate and not given.type then return nil end
    return { kind = "PCM_source", path = path, type = given.type or "WAVE", rate = given.rate or rate or 0,
      channels = channels or 0, seconds = given.seconds or (samples and samples / rate) or 0,
      in_beats = given.in_beats or false, peaks_left = 3 }
  end

  --- A section of `source`: REAPER gives it no file name, only a parent.
  function world.add_section(source, offset, length, reversed)
    return { kind = "PCM_source", path = "", type = "SECTION", rate = source.rate, channels = source.channels,
      seconds = length, parent = source, offset = offset, length = length, reversed = reversed or false,
      peaks_left = 3 }
  end

  function world.remove(list, thing)
    for index, other in ipairs(list) do
      if other == thing then return table.remove(list, index) end
    end
    return nil
  end

  function world.close_project(project)
    for index, other in ipairs(world.projects) do
      if other == project then table.remove(world.projects, index) end
    end
    world.front = math.max(1, math.min(world.front, #world.projects))
  end
end

--- An empty REAPER.
function M.new(options)
  local world = { projects = {}, front = 1, ext = {}, kept = {}, clock = 1000, play_state = 0, guids = 0,
    refresh_held = 0, operations = 0, most_operations = 0, deferred = {}, at_exit = {}, action_options = {},
    messages = {}, forms = {}, answers = {}, commands = {}, unguarded = {}, keys = {}, in_tick = false,
    spent = 0, own_seconds = 0, device_rate = 48000, decisions = {}, executed = {}, deleted = {},
    window = { is_open = false, opened = 0, drawing = { lines = {} }, shown = { lines = {} } } }
  for section, values in pairs(options.kept or {}) do
    world.ext[section], world.kept[section] = {}, {}
    for key, value in pairs(values) do world.ext[section][key], world.kept[section][key] = value, value end
  end
  pointers(world)
  undo(world)
  builders(world, options)
  return world
end

return M
