--- The form of a verb in Ardour's dialog, filled with what was answered last time.
local dialogs = require("ardour.host.dialogs")
local files_module = require("shared.files")
local json = require("shared.json")
local offer = require("shared.offer")
local program = require("ardour.host.program")
local text = require("shared.text")
local wishes_module = require("shared.wishes")

local M = {}

local FORGOTTEN = 20000

local function path(desk) return files_module.join(desk.home, "ardour-form.json") end

local function remembered(desk)
  local found = json.decode(program.files.read(path(desk)) or "")
  return type(found) == "table" and found or json.object()
end

local function remember(desk, answers)
  local all = remembered(desk)
  for name, answer in pairs(answers) do
    local field = wishes_module.fields[name]
    if field and not field.is_forgotten and #answer < FORGOTTEN then all[name] = answer end
  end
  local bytes = json.encode(all)
  if not bytes then return end
  local file = path(desk)
  if program.files.publish(file .. ".tmp", file, bytes) then return end
  program.files.remove(file)
  program.files.publish(file .. ".tmp", file, bytes)
end

--- The words in a track's comments: what follows `Lyrics:`, or all of it where a line like [verse] stands.
function M.lyrics_in(comment)
  local words = ("\n" .. comment):match("\n%s*[Ll]yrics:%s*(.*)$")
  if not words and ("\n" .. comment):find("\n%s*%[%a[%w %-]*%]") then words = comment end
  return (words or ""):match("^%s*(.-)%s*$")
end

local function roles_of(welcome)
  local choices = { { title = text.say("any_role"), value = "" } }
  for _, role in ipairs(offer.roles(welcome)) do choices[#choices + 1] = { title = role, value = role } end
  return choices
end

local draw = {}

function draw.fraction(field)
  field.kind, field.least, field.most, field.step, field.digits = "number", 0, 1, 0.05, 2
end

function draw.whole(field, name)
  local limits = wishes_module.fields[name]
  if limits.is_optional then field.kind = "line" return end
  field.kind, field.least, field.most, field.step, field.digits = "number", limits.least, limits.most, 1, 0
end

function draw.lines(field) field.kind, field.value = "line", wishes_module.folded(field.value) end

function draw.yes_no(field) field.kind = "tick" end

function draw.file(field) field.kind = "file" end

function draw.mode(field) field.kind = "tick" end

local function field_of(name, value, welcome)
  local field = { key = name, title = text.say(text.has("ardour_ask_" .. name) and "ardour_ask_" .. name
    or "ask_" .. name), value = value, kind = "line" }
  local roles = name == "role" and roles_of(welcome)
  if roles and #roles > 1 then
    field.kind, field.choices = "choice", roles
    return field
  end
  local kind = wishes_module.fields[name].kind
  if draw[kind] then draw[kind](field, name) end
  return field
end

--- What stands in a field: the words in the track's comments before those of the last time.
local function value_of(verb, name, last, found)
  local noted = M.lyrics_in(found.comment or "")
  local is_words = name == "source_lyrics" or name == "lyrics" and verb.id ~= "edit"
  if is_words and noted ~= "" then return noted end
  return type(last[name]) == "string" and last[name] or wishes_module.default(name)
end

--- The wishes for `verb` (see shared/wishes.lua), asked until the answers can be read; nil if the user closes the form.
-- `found` is its subject, `extra` names further fields.
function M.ask(desk, verb, found, welcome, extra)
  local names, answers, last = {}, {}, remembered(desk)
  for _, list in ipairs({ verb.fields, extra }) do
    for _, name in ipairs(list) do
      names[#names + 1] = name
      answers[name] = value_of(verb, name, last, found)
    end
  end
  local title = text.say("title_verb", { verb = text.say("verb_" .. verb.id) })
  while true do
    local fields = { { kind = "note", title = M.about(found) } }
    for _, name in ipairs(names) do fields[#fields + 1] = field_of(name, answers[name], welcome) end
    if #names > 0 then
      answers = dialogs.ask(title, fields)
      if not answers then return nil end
    end
    for _, name in ipairs({ "lyrics", "source_lyrics" }) do
      if answers[name] then answers[name] = wishes_module.unfolded(answers[name]) end
    end
    local wishes, fault = wishes_module.read(verb, answers, extra)
    if wishes then
      remember(desk, answers)
      return wishes
    end
    dialogs.tell(title, fault)
  end
end

--- What is going to be worked on, in one line.
function M.about(found)
  local parts, heard = { found.about.range }, found.music
  if found.about.track then table.insert(parts, 1, "“" .. found.about.track .. "”") end
  local bpm = heard and heard.bpm and string.format("%.4g", heard.bpm)
  if bpm then parts[#parts + 1] = text.say("about_tempo", { bpm = bpm }) end
  if heard and heard.meter then parts[#parts + 1] = heard.meter end
  if heard and heard.section ~= "" then parts[#parts + 1] = heard.section end
  return table.concat(parts, " · ")
end

return M
