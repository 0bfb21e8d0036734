--- A stand-in for REAPER: scriptable, inspectable, and strict where REAPER is silent or crashes.
--
-- It believes what reference/reaper.md says; daw_scripts/HOST_FACTS.md lists which of that nobody has seen in a real
-- REAPER yet. Unknown names raise, dead pointers raise, numbers come back as doubles, `EnumerateFiles` caches, a dialog
-- inside the `defer` loop raises, and a tick that leaves an undo block or PreventUIRefresh open raises.
--
--   local fake = require("fake_reaper").new(options)
--   fake.reaper, fake.gfx   the globals that a script sees
--   fake.world              everything that a test arranges and looks at
--   fake.tick()             runs what was deferred, once; returns false when nothing was
local extensions = require("fake_reaper.extensions")
local audio = require("fake_reaper.audio")
local items = require("fake_reaper.items")
local model = require("fake_reaper.model")
local timeline = require("fake_reaper.timeline")

local M = {}

local DELETE_ACTIVE_TAKE = 40129

--- The first version that has a function; all others are taken to be in 6.80.
local SINCE = { InsertTrackInProject = 7.27, set_action_options = 7.03, UpdateItemLanes = 7.0 }

local function user(world, api)
  local function blocks(name)
    if world.in_tick then error(name .. " stops REAPER and was called inside the defer loop", 3) end
  end

  function api.MB(message, title, kind)
    blocks("MB")
    world.messages[#world.messages + 1] = { title = title, message = message, kind = kind }
    -- Somebody who only reads: OK, but neither yes nor no.
    return kind == 0 and 1 or table.remove(world.decisions, 1) or 2
  end

  function api.GetUserInputs(title, count, captions, defaults)
    blocks("GetUserInputs")
    local separator, names = ",", {}
    for caption in (captions .. ","):gmatch("(.-),") do
      local other = caption:match("^separator=(.)")
      separator = other or separator
      if not other and not caption:find("^extrawidth=") then names[#names + 1] = caption end
    end
    if #names ~= count then error("GetUserInputs: " .. #names .. " captions for " .. count .. " fields") end
    local shown = {}
    for value in (defaults .. separator):gmatch("(.-)" .. separator) do shown[#shown + 1] = value end
    world.forms[#world.forms + 1] = { title = title, captions = names, shown = shown }
    local typed = table.remove(world.answers, 1)
    if not typed then return false, "" end
    for index = 1, count do shown[index] = typed[index] or shown[index] or "" end
    return true, table.concat(shown, separator)
  end

  function api.Main_OnCommandEx(command, _, project)
    world.commands[#world.commands + 1] = command
    if command == DELETE_ACTIVE_TAKE then world.delete_active_takes(world.project_of(project)) end
  end

  --- Programs are not started, but noted; `world.exec_fails` is a REAPER that cannot start them.
  function api.ExecProcess(line, milliseconds)
    if milliseconds >= 0 then error("ExecProcess waits") end
    world.executed[#world.executed + 1] = line
    if world.exec_fails then return nil end
    return "0\n"
  end
end

local function memory(world, api, options)
  function api.GetExtState(section, key) return (world.ext[section] or {})[key] or "" end

  function api.SetExtState(section, key, value, persist)
    if persist and value:find("[\r\n]") then error("SetExtState: a kept value is one line of an ini file") end
    world.ext[section], world.kept[section] = world.ext[section] or {}, world.kept[section] or {}
    world.ext[section][key] = value
    if persist then world.kept[section][key] = value end
  end

  function api.GetResourcePath() return options.resource end

  function api.genGuid()
    world.guids = world.guids + 1
    return string.format("{%08X-0000-4000-8000-%012X}", options.salt, world.guids)
  end
end

local function disk(world, api, options)
  local cache = {}

  function api.EnumerateFiles(folder, index)
    if index == -1 then
      cache[folder] = nil
      return nil
    end
    if not cache[folder] then
      cache[folder] = options.list(folder)
      world.operations = world.operations + 1
    end
    return cache[folder][index + 1]
  end

  function api.RecursiveCreateDirectory(folder) return options.make_folder(folder) end

  function api.file_exists(path) return options.is_file(path) end

  for _, place in ipairs({ { io, "open" }, { os, "rename" }, { os, "remove" } }) do
    local library, name = place[1], place[2]
    local real = library[name]
    library[name] = function(...)
      world.operations = world.operations + 1
      return real(...)
    end
  end
end

local function loop(world, api, options)
  function api.defer(chore) world.deferred[#world.deferred + 1] = chore end

  function api.atexit(chore) world.at_exit[#world.at_exit + 1] = chore end

  --- The test's clock, and what a tick has cost: what the fake says that it took, or what really passed.
  function api.time_precise()
    return world.clock + world.spent + (options.stopwatch and options.stopwatch() - world.tick_began or 0)
  end

  function api.set_action_options(flags) world.action_options[#world.action_options + 1] = flags end

  function api.GetAppVersion() return options.version .. "/linux-x86_64" end

  function api.GetOS() return options.system end
end

local function check_balance(world)
  if world.refresh_held ~= 0 then error("PreventUIRefresh is left at " .. world.refresh_held) end
  for _, project in ipairs(world.projects) do
    if project.open_blocks ~= 0 then error("an undo block is left open") end
  end
end

local function strict(functions, what)
  return setmetatable({}, {
    __index = function(_, name)
      return functions[name] or error(what .. " has no " .. tostring(name), 2)
    end,
    __newindex = function(_, name) error("a script must not set " .. what .. "." .. tostring(name), 2) end,
  })
end

local function screen(world)
  local api = {}
  local window = world.window

  --- Without a title it changes the size of a window that is open.
  function api.init(title, _, height)
    window.height = height
    if title == "" and window.is_open then return end
    window.is_open, window.title, window.opened = true, title, window.opened + 1
  end

  function api.quit() window.is_open = false end

  function api.getchar()
    if not window.is_open then return -1 end
    local key = table.remove(world.keys, 1) or 0
    if key == -1 then window.is_open = false end
    return key
  end

  function api.set() end

  function api.setfont() end

  function api.rect(_, _, width, _, filled) window.drawing.bar = filled == 1 and width or window.drawing.bar end

  function api.drawstr(line) table.insert(window.drawing.lines, line) end

  function api.measurestr(line) return utf8.len(line) * 7, 14 end

  function api.update() window.shown, window.drawing = window.drawing, { lines = {} } end

  return setmetatable({}, {
    __index = function(_, name) return api[name] or error("gfx has no " .. tostring(name), 2) end,
    __newindex = function(_, name)
      if name ~= "x" and name ~= "y" then error("a script must not set gfx." .. tostring(name), 2) end
    end,
  })
end

--- `options`: version ("7.40"), system (as GetOS), resource, salt, kept (ext state of an earlier run), and from the
-- test: list(folder), make_folder(folder), is_file(path), probe(path) → rate, channels, samples or nil.
function M.new(options)
  local world = model.new(options)
  world.tick_began, world.longest_tick = options.stopwatch and options.stopwatch() or 0, 0
  local api, version = {}, tonumber(options.version)
  for _, part in ipairs({ user, memory, disk, loop, timeline.install, items.install, audio.install,
    extensions.install }) do
    part(world, api, options)
  end
  for name, since in pairs(SINCE) do
    if version < since then api[name] = nil end
  end
  function api.APIExists(name) return api[name] ~= nil end

  local fake = { world = world, reaper = strict(api, "reaper"), gfx = screen(world) }

  function fake.tick()
    if #world.deferred == 0 then return false end
    local chores = world.deferred
    world.deferred, world.operations, world.in_tick, world.spent = {}, 0, true, 0
    world.tick_began, world.own_seconds = options.stopwatch and options.stopwatch() or 0, 0
    for _, chore in ipairs(chores) do chore() end
    world.in_tick = false
    local took = options.stopwatch and options.stopwatch() - world.tick_began - world.own_seconds or world.spent
    world.longest_tick = math.max(world.longest_tick, took)
    if world.end_frame then world.end_frame() end
    world.most_operations = math.max(world.most_operations, world.operations)
    check_balance(world)
    return true
  end

  --- What REAPER does when it ends a script: the loop is gone, its `atexit` runs.
  function fake.terminate()
    world.deferred = {}
    for _, chore in ipairs(world.at_exit) do chore() end
    world.at_exit = {}
  end

  return fake
end

return M
