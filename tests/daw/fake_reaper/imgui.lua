--- A stand-in for ReaImGui 0.9 and up, strict where the real one draws nonsense, complains on the screen, or ends the
--- script.
--
-- It raises for an unknown name, a wrong type, a missing label, two things with one ID in a window, an `End` that does
-- not fit its `Begin`, anything left open at the end of a frame, and a dead context. Constants are values.
--
-- `world.imgui`: what a test does (`press`, `typed`, `hovered`, `keys`, `is_closing`, `is_collapsed`, `is_typing`) and
-- what it sees (`shown`: everything of the last complete frame, in order; `calls` of that frame).
local M = {}

local CONSTANTS = { "Cond_FirstUseEver", "ConfigFlags_DockingEnable", "WindowFlags_None", "WindowFlags_NoCollapse",
  "ChildFlags_None", "ChildFlags_Border", "ChildFlags_AutoResizeY", "ChildFlags_ResizeY", "Key_Space", "Key_Escape",
  "HoveredFlags_AllowWhenDisabled", "HoveredFlags_DelayShort", "InputTextFlags_None", "InputTextFlags_CharsDecimal",
  "FocusedFlags_RootAndChildWindows", "TableFlags_None", "TableFlags_Borders", "TableFlags_SizingStretchSame",
  "TableFlags_BordersInnerV", "TableFlags_RowBg", "TableColumnFlags_WidthStretch", "TableColumnFlags_WidthFixed",
  "Col_Text", "Col_Button", "Col_PlotHistogram", "TreeNodeFlags_None", "TreeNodeFlags_DefaultOpen",
  "SelectableFlags_None", "SliderFlags_AlwaysClamp" }

--- Parameters after the context: s text, l label (a text that may not be empty), i whole number, n number, b boolean;
-- a ? behind one says that it may be left out.
local PARAMETERS = {
  SetNextWindowSize = "nni?", Begin = "lb?i?", End = "", BeginChild = "ln?n?i?i?", EndChild = "",
  Text = "s", TextWrapped = "s", TextDisabled = "s", TextColored = "is", BulletText = "s", Separator = "",
  SeparatorText = "s", SameLine = "n?n?", Spacing = "", NewLine = "", Dummy = "nn", AlignTextToFramePadding = "",
  Indent = "n?", Unindent = "n?", Button = "ln?n?", SmallButton = "l", Checkbox = "lb", RadioButton = "lb",
  InputText = "lsi?", InputTextWithHint = "lssi?", InputTextMultiline = "lsn?n?i?", InputInt = "lii?i?i?",
  InputDouble = "lnn?n?s?i?", SliderDouble = "lnnns?i?", SliderInt = "liiis?i?", BeginCombo = "lsi?", EndCombo = "",
  Selectable = "lb?i?n?n?", CollapsingHeader = "lb?i?", BeginDisabled = "b?", EndDisabled = "", IsItemHovered = "i?",
  SetTooltip = "s", PushID = "s", PopID = "", ProgressBar = "nn?n?s?", BeginTable = "lii?n?n?n?", EndTable = "",
  TableNextRow = "i?n?", TableNextColumn = "", TableSetupColumn = "si?n?i?", TableHeadersRow = "",
  SetNextItemWidth = "n", GetContentRegionAvail = "", IsKeyPressed = "ib?", IsAnyItemActive = "",
  IsWindowFocused = "i?", IsItemDeactivatedAfterEdit = "", PushStyleColor = "ii", PopStyleColor = "i?",
  PushTextWrapPos = "n?", PopTextWrapPos = "", SetItemDefaultFocus = "", GetTextLineHeightWithSpacing = "",
}

local CLOSES = { End = "Begin", EndChild = "BeginChild", EndCombo = "BeginCombo", EndDisabled = "BeginDisabled",
  EndTable = "BeginTable", PopID = "PushID", PopStyleColor = "PushStyleColor", PopTextWrapPos = "PushTextWrapPos" }

local FITS = {}
function FITS.s(value) return type(value) == "string" and not value:find("\0", 1, true) and utf8.len(value) ~= nil end
function FITS.l(value) return FITS.s(value) and value ~= "" and value ~= "##" end
function FITS.n(value) return type(value) == "number" and value == value end
function FITS.i(value) return math.tointeger(value) ~= nil and type(value) == "number" end
function FITS.b(value) return type(value) == "boolean" end

local function check_arguments(name, values, count)
  local index = 0
  for kind, optional in PARAMETERS[name]:gmatch("(%l)(%??)") do
    index = index + 1
    local value = values[index]
    local may_miss = value == nil and optional == "?"
    if not may_miss and not FITS[kind](value) then
      error(string.format("ImGui.%s: argument %d is %s", name, index + 1, tostring(value)), 4)
    end
  end
  if count > index then error("ImGui." .. name .. ": too many arguments", 4) end
end

--- What stands before ## is seen; all of it, or what stands after ###, is the ID.
local function seen(label) return (label:match("^(.-)##") or label) end
local function id_of(label) return label:match("###(.*)$") or label end

local function open(state, kind, label)
  state.stack[#state.stack + 1] = { kind = kind, label = label }
end

local function close(state, name)
  local top = table.remove(state.stack)
  local wanted = CLOSES[name]
  if not top or top.kind ~= wanted then
    error("ImGui." .. name .. " closes " .. (top and top.kind or "nothing"), 4)
  end
end

local function disabled(state)
  for _, level in ipairs(state.stack) do
    if level.kind == "BeginDisabled" and level.label then return true end
  end
  return false
end

local function path(state)
  local parts = {}
  for _, level in ipairs(state.stack) do
    local names = { Begin = true, BeginChild = true, PushID = true, BeginTable = true, BeginCombo = true }
    if names[level.kind] then parts[#parts + 1] = level.label end
  end
  return table.concat(parts, "/")
end

--- Notes something that is drawn; interactive things have an ID that is theirs alone.
local function draw(state, kind, label, value)
  local where = path(state)
  if kind ~= "Text" and kind ~= "Progress" and kind ~= "Tooltip" then
    local id = where .. "/" .. id_of(label)
    if state.ids[id] then error("ImGui: two things with the ID " .. id, 4) end
    state.ids[id] = true
  end
  local thing = { kind = kind, label = seen(label), value = value, is_disabled = disabled(state), path = where,
    is_beside = state.is_beside, column = state.column, look = state.look }
  state.is_beside, state.look = nil, nil
  state.drawing[#state.drawing + 1] = thing
  state.last = thing
  return thing
end

--- A wish of the test for the thing with this label (where the path ends so, if it names one); taken once.
local function wish(state, list, thing)
  for index, one in ipairs(state[list]) do
    local is_there = not one.path or thing.path:sub(-#one.path) == one.path
    if one.label == thing.label and is_there then
      if thing.is_disabled then error("the test uses “" .. one.label .. "”, which is greyed out", 4) end
      return table.remove(state[list], index)
    end
  end
  return nil
end

local W = {}

local function pressed(kind)
  return function(state, label, value)
    return wish(state, "press", draw(state, kind, label, value)) ~= nil
  end
end

W.Button, W.SmallButton, W.RadioButton = pressed("Button"), pressed("Button"), pressed("Radio")

function W.Checkbox(state, label, value)
  local hit = wish(state, "press", draw(state, "Check", label, value))
  if hit then return true, not value end
  return false, value
end

function W.Selectable(state, label, value)
  local hit = wish(state, "press", draw(state, "Choice", label, value))
  return hit ~= nil, hit and true or value or false
end

local function typed(state, kind, label, value)
  local hit = wish(state, "typed", draw(state, kind, label, value))
  if hit then return true, hit.text end
  return false, value
end

function W.InputText(state, label, value) return typed(state, "Field", label, value) end
function W.InputTextWithHint(state, label, _, value) return typed(state, "Field", label, value) end
function W.InputTextMultiline(state, label, value) return typed(state, "Area", label, value) end
function W.InputInt(state, label, value) return typed(state, "Number", label, value) end
function W.InputDouble(state, label, value) return typed(state, "Number", label, value) end
function W.SliderInt(state, label, value) return typed(state, "Slider", label, value) end

function W.SliderDouble(state, label, value, least, most)
  if least >= most then error("ImGui.SliderDouble: nothing between its ends", 3) end
  return typed(state, "Slider", label, value)
end

function W.Text(state, line) draw(state, "Text", line) end
W.TextWrapped, W.BulletText = W.Text, W.Text

local function looking(look)
  return function(state, line)
    state.look = look
    draw(state, "Text", line)
  end
end

W.TextDisabled, W.SeparatorText = looking("faint"), looking("heading")

--- What comes next stands beside what came last.
function W.SameLine(state) state.is_beside = true end

function W.TextColored(state, _, line) draw(state, "Text", line) end
function W.SetTooltip(state, line) draw(state, "Tooltip", line) end
function W.ProgressBar(state, fraction, _, _, overlay) draw(state, "Progress", overlay or "", fraction) end

function W.Begin(state, label, is_open)
  if #state.stack > 0 then error("ImGui.Begin inside " .. state.stack[#state.stack].kind, 3) end
  state.begun = state.begun + 1
  local still = is_open and not state.is_closing
  if state.is_collapsed then return false, still end
  open(state, "Begin", label)
  return true, still
end

function W.BeginChild(state, label)
  if state.clipped[label] then return false end
  open(state, "BeginChild", label)
  return true
end

function W.BeginCombo(state, label, value)
  local thing = draw(state, "Combo", label, value)
  if not (wish(state, "press", thing) or state.opened[thing.path .. label]) then return false end
  -- It stays open, as it would, until one of its choices is taken.
  state.opened[thing.path .. label] = true
  open(state, "BeginCombo", label)
  return true
end

function W.CollapsingHeader(state, label, _, flags)
  local thing = draw(state, "Header", label)
  local key = thing.path .. label
  if state.headers[key] == nil then state.headers[key] = flags == state.constants.TreeNodeFlags_DefaultOpen end
  if wish(state, "press", thing) then state.headers[key] = not state.headers[key] end
  return state.headers[key]
end

function W.BeginTable(state, label, columns)
  if columns < 1 then error("ImGui.BeginTable: no columns", 3) end
  open(state, "BeginTable", label)
  state.column = { index = 0, count = columns }
  return true
end

function W.EndTable(state)
  state.column = nil
  close(state, "EndTable")
end

function W.BeginDisabled(state, is_disabled) open(state, "BeginDisabled", is_disabled ~= false) end
function W.PushID(state, id) open(state, "PushID", id) end
function W.PushStyleColor(state)
  state.look = "coloured"
  open(state, "PushStyleColor", true)
end
function W.PushTextWrapPos(state) open(state, "PushTextWrapPos", true) end

function W.PopStyleColor(state, count)
  for _ = 1, count or 1 do close(state, "PopStyleColor") end
end

function W.IsItemHovered(state, flags)
  local last = state.last
  if not last or last.label ~= state.hovered then return false end
  return not last.is_disabled or flags == state.constants.HoveredFlags_AllowWhenDisabled
end

function W.IsKeyPressed(state, key)
  for index, one in ipairs(state.keys) do
    if state.constants[one] == key then
      table.remove(state.keys, index)
      return true
    end
  end
  return false
end

function W.TableNextColumn(state)
  state.column = { index = state.column.index + 1, count = state.column.count }
  return true
end
function W.IsAnyItemActive(state) return state.is_typing end
function W.IsWindowFocused(state) return state.is_focused end
function W.IsItemDeactivatedAfterEdit() return false end
function W.GetContentRegionAvail() return 420.0, 600.0 end
function W.GetTextLineHeightWithSpacing() return 17.0 end

--- Things that may stand outside a window.
local ANYWHERE = { SetNextWindowSize = true, Begin = true }

--- Each script has a context of its own, with its own stack and IDs; what they draw is seen together.
local function begin_frame(state, context)
  if not state.in_frame then
    state.in_frame, state.drawing, state.begun, state.calls = true, {}, 0, 0
  end
  if not state.used[context] then context.stack, context.ids, context.last = {}, {}, nil end
  state.used[context], state.stack, state.ids, state.calls = true, context.stack, context.ids, state.calls + 1
end

local function function_of(state, name)
  return function(context, ...)
    if type(context) ~= "table" or context.kind ~= "ImGui_Context" or context.is_dead then
      error("ImGui." .. name .. ": expected a valid ImGui_Context*", 2)
    end
    check_arguments(name, { ... }, select("#", ...))
    begin_frame(state, context)
    if not ANYWHERE[name] and #state.stack == 0 then error("ImGui." .. name .. " outside a window", 2) end
    if CLOSES[name] and not W[name] then return close(state, name) end
    if W[name] then return W[name](state, ...) end
  end
end

local function end_frame(state)
  if not state.in_frame then
    for _, context in ipairs(state.contexts) do context.is_dead = true end
    return
  end
  for _, context in ipairs(state.contexts) do
    local top = context.stack and context.stack[#context.stack]
    if top then error("ImGui: " .. top.kind .. " was left open") end
    if not state.used[context] then context.is_dead = true end
  end
  state.shown, state.in_frame, state.used = state.drawing, false, {}
  state.most_calls = math.max(state.most_calls, state.calls)
end

local function new_state()
  local state = { press = {}, typed = {}, keys = {}, contexts = {}, used = {}, shown = {}, clipped = {}, opened = {},
    headers = {}, constants = {}, is_focused = true, is_typing = false, most_calls = 0, calls = 0, stack = {} }
  for index, name in ipairs(CONSTANTS) do state.constants[name] = index end
  return state
end

--- Adds ReaImGui to the fake `api`; `world.end_frame` is to be called after each tick.
function M.install(world, api)
  local state = new_state()
  world.imgui = state
  function world.end_frame() end_frame(state) end

  local names = {}
  for name, value in pairs(state.constants) do names[name] = value end
  for name in pairs(PARAMETERS) do names[name] = function_of(state, name) end

  function names.CreateContext(label, flags)
    if not FITS.l(label) or flags and not FITS.i(flags) then error("ImGui.CreateContext: wrong arguments", 2) end
    local context = { kind = "ImGui_Context", label = label }
    state.contexts[#state.contexts + 1] = context
    return context
  end

  function names.ValidatePtr(pointer, kind)
    if not FITS.s(kind) then error("ImGui.ValidatePtr: the kind is a text", 2) end
    return type(pointer) == "table" and pointer.kind .. "*" == kind and not pointer.is_dead
  end

  function api.ImGui__init(version)
    if type(version) ~= "string" or not version:find("^0%.%d+") then error("ImGui: no such version") end
    if state.is_old then error("ImGui: version " .. version .. " is not known to this one") end
    return setmetatable({}, {
      __index = function(_, name) return names[name] or error("ImGui has no " .. tostring(name), 2) end,
    })
  end
end

return M
