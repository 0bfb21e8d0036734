-- A small Ardour for tests without one: the modules of daw_scripts/ardour/host, over plain tables.
--
-- `new(options)`: options.exists(path), options.now() and options.environment. What the scripts did is in the tables.
local files = require("shared.files")

local M = {}

local function by_id(list, id)
  for index, thing in ipairs(list) do
    if thing.id == id then return thing, index end
  end
  return nil
end

local function program_of(world, options)
  local host = { files = files }
  function host.may_use_files() return not world.is_sandboxed end
  function host.now() return options.now() end
  function host.entropy() return tostring(options.now()) .. tostring({}) end
  host.exists = options.exists
  function host.system() return "linux" end
  function files.list(folder)
    local names = {}
    for name in (files.read(folder .. ".txt") or ""):gmatch("[^\n]+") do
      if options.exists(files.join(folder, name)) then names[#names + 1] = name end
    end
    return names
  end
  function host.log_path() return "/dawbridge.log" end
  function host.log(line) world.log[#world.log + 1] = line end
  function host.last_words(_, fault) error(fault, 0) end
  function host.start(words) world.started = words return true end
  function host.tidy() end
  return host
end

local function timeline_of(world)
  local host = {}
  function host.is_open() return world.session ~= nil end
  function host.session() return world.session end
  function host.rate() return world.rate end
  function host.is_recording() return world.is_recording end
  function host.selection() return world.selection end
  function host.loop() return world.loop_from, world.loop_to end
  function host.markers() return world.markers end
  function host.tempo_map()
    local bar = world.rate * 60 // world.bpm * 4
    return {
      bpm = function() return world.bpm end,
      meter = function() return 4, 4 end,
      bar_start = function(sample) return sample // bar * bar end,
      bar_end = function(sample) return (sample // bar + 1) * bar end,
    }
  end
  return host
end

local function tracks_of(world)
  local host = {}
  local function those(is_midi)
    local list = {}
    for _, track in ipairs(world.tracks) do
      if (track.is_midi or false) == is_midi then list[#list + 1] = track end
    end
    return list
  end
  function host.get(id)
    local track = by_id(world.tracks, id)
    return track and not track.is_midi and track or nil
  end
  function host.all() return those(false) end
  function host.midi() return those(true) end
  function host.regions(id)
    local track = by_id(world.tracks, id)
    return track and track.regions or {}
  end
  function host.of_region(id)
    for _, track in ipairs(world.tracks) do
      local region = by_id(track.regions, id)
      if region then return track.id, region.position end
    end
    return nil
  end
  return host
end

local function changes_of(world, options)
  local host, count = {}, 0
  local function fresh(kind)
    count = count + 1
    return kind .. count
  end
  function host.import(path, name)
    if not options.exists(path) or world.refuses_imports then return nil end
    local id = fresh("whole-")
    world.imported[id] = { path = path, source = "take-" .. id .. "%L.wav", length = 48000 }
    return { id = id, length = 48000, channels = 2, source = world.imported[id].source, name = name }
  end
  local function add(track)
    track.id, track.comment, track.order, track.gain, track.regions = fresh("track"), "", #world.tracks, 1, {}
    world.tracks[#world.tracks + 1] = track
    world.selection.tracks = { track.id }
    return track.id
  end
  function host.add_track(name, channels) return add({ name = name, channels = channels }) end
  function host.add_midi_track(name) return add({ name = name, channels = 0, is_midi = true }) end
  function host.import_notes(path)
    if not options.exists(path) or world.refuses_notes then return nil end
    local id = fresh("notes-")
    world.imported[id] = { path = path, is_notes = true }
    return { id = id }
  end
  function host.select_track_above()
    local _, index = by_id(world.tracks, world.selection.tracks[1])
    world.selection.tracks = { world.tracks[math.max(1, index - 1)].id }
  end
  function host.set_comment(id, comment) by_id(world.tracks, id).comment = comment end
  function host.set_gain(id, gain) by_id(world.tracks, id).gain = gain end
  function host.in_one_undo_step(label, ids, change)
    world.steps[#world.steps + 1] = label
    local playlists = {}
    for _, id in ipairs(ids) do
      if playlists[id] then error("a playlist twice in one undo step", 0) end
      playlists[id] = by_id(world.tracks, id).regions
    end
    return change(playlists)
  end
  function host.lay_region(playlist, id, name, position, is_heard)
    local whole, region = world.imported[id], fresh("region-")
    playlist[#playlist + 1] = {
      id = region, name = name, position = position, length = whole.length, start = 0, layer = #playlist,
      is_muted = not is_heard, is_opaque = true, gain = 1, fade_in = 0, fade_out = 0,
      sources = { { path = "/session/" .. whole.source, channel = 1, is_own = true } },
    }
    return region
  end
  function host.lay_notes(playlist, id, name, position, is_heard)
    if not world.imported[id].is_notes then error("no notes", 0) end
    local region = fresh("region-")
    local source = "notes-" .. region .. ".mid"
    playlist[#playlist + 1] = {
      id = region, name = name, position = position, length = 48000, start = 0, layer = #playlist, is_notes = true,
      is_muted = not is_heard, sources = { { path = "/session/" .. source } },
    }
    return region, source
  end
  function host.has_region(id) return tracks_of(world).of_region(id) ~= nil end
  function host.show_region(playlist, id, is_heard) by_id(playlist, id).is_muted = not is_heard end
  function host.take_away(playlist, id)
    local _, index = by_id(playlist, id)
    table.remove(playlist, index)
  end
  function host.rename(playlist, id, name) by_id(playlist, id).name = name end
  return host
end

local function dialogs_of(world)
  local host = {}
  function host.tell(_, message) world.told[#world.told + 1] = message end
  function host.agree(_, question)
    world.told[#world.told + 1] = question
    return world.agrees
  end
  function host.ask(title, fields)
    world.asked[#world.asked + 1] = { title = title, fields = fields }
    local given = table.remove(world.answers, 1)
    if not given then return nil end
    local answers = {}
    for _, field in ipairs(fields) do
      if field.key then answers[field.key] = given[field.key] or field.value end
    end
    return answers
  end
  return host
end

--- Puts the fake in the place of the host's modules. Returns its world.
function M.new(options)
  local world = {
    session = { path = options.folder, name = "song", snapshot = "song" }, rate = 48000, bpm = 120, markers = {},
    tracks = {}, selection = { tracks = {}, regions = {} }, imported = {}, steps = {}, told = {}, asked = {},
    answers = {}, log = {}, is_recording = false,
  }
  os.getenv = function(name) return options.environment[name] end
  for name, host in pairs({
    program = program_of(world, options), timeline = timeline_of(world), tracks = tracks_of(world),
    changes = changes_of(world, options), dialogs = dialogs_of(world),
  }) do
    package.loaded["ardour.host." .. name] = host
  end
  return world
end

return M
