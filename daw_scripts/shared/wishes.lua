--- The answers of a form, read and checked: texts go in, values that requests can hold come out.
local protocol = require("shared.protocol")
local text = require("shared.text")

local M = {}

--- Each field: `kind` (line, lines, fraction, whole, length, key, mode, yes_no, file), for who draws a form; `default`,
-- as the user would type it; `is_forgotten` where the last answer is not offered again; and `of`, the part of a request
-- that it belongs to, where that is not the request itself.
M.fields = {
  tags = { kind = "line", default = "" },
  lyrics = { kind = "lines", default = "" },
  source_lyrics = { kind = "lines", default = "" },
  role = { kind = "line", default = "" },
  key = { kind = "key", default = "" },
  chords = { kind = "line", default = "", of = "music" },
  strength = { kind = "fraction", default = "1" },
  variance = { kind = "fraction", default = "0.5" },
  variants = { kind = "whole", default = "2", least = 1, most = 8 },
  seed = { kind = "whole", default = "", least = 0, most = 2 ^ 53 - 1, is_optional = true, is_forgotten = true },
  length = { kind = "length", default = "4 bars" },
  mode = { kind = "mode", default = "yes" },
  replace = { kind = "yes_no", default = "no" },
  stems = { kind = "yes_no", default = "no" },
  midi = { kind = "yes_no", default = "no" },
  draft = { kind = "yes_no", default = "no" },
  refine = { kind = "yes_no", default = "yes", is_forgotten = true },
  reference = { kind = "file", default = "", is_forgotten = true },
  timbre = { kind = "yes_no", default = "no" },
}

local YES_NO = { yes = true, y = true, ja = true, oui = true, ["1"] = true, ["true"] = true,
  no = false, n = false, nein = false, non = false, ["0"] = false, ["false"] = false }
local MOST_BARS, MOST_SECONDS = 1000, 3600

local function most_characters(request, name)
  local of = M.fields[name].of
  local shape = of and protocol.types[of] or protocol.requests[request]
  for _, field in ipairs(shape and shape.fields or {}) do
    if field.name == name then return field.max_length end
  end
  return nil
end

--- Half of Europe writes 0,5. NaN compares with nothing, so it falls through every limit that is asked for.
local function number(answer) return tonumber((answer:gsub(",", "."))) end

--- Reads of each kind: the wish; or nil, the name of a sentence and its values.
local read = {}

function read.line(answer, name, request)
  local count, most = utf8.len(answer), most_characters(request, name)
  if not count then return nil, "bad_text", {} end
  if most and count > most then return nil, "long_" .. name, { count = count, most = most } end
  return answer
end

read.lines = read.line

--- The absolute path of a file: quotes go, in which systems wrap a path that is copied.
function read.file(answer)
  local path = answer:match('^"(.*)"$') or answer:match("^'(.*)'$") or answer
  if not utf8.len(path) then return nil, "bad_text", {} end
  if path == "" or path:find("^[/\\]") or path:find("^%a:[/\\]") then return path end
  return nil, "bad_reference", { given = answer }
end

function read.fraction(answer, name)
  local found = number(answer)
  if found and found >= 0 and found <= 1 then return found end
  return nil, "bad_" .. name, { given = answer }
end

function read.whole(answer, name)
  local field, found = M.fields[name], math.tointeger(tonumber(answer))
  if answer == "" and field.is_optional then return nil end
  if found and found >= field.least and found <= field.most then return found end
  return nil, "bad_" .. name, { given = answer }
end

--- "8" and "8 s" are seconds, "4 bars" are bars.
function read.length(answer)
  local digits, unit = answer:match("^([%d.,]+)%s*(%a*)%.?$")
  local found = digits and number(digits)
  unit = (unit or ""):lower()
  if found and found > 0 then
    local is_bars = unit == "bars" or unit == "bar" or unit == "b"
    if is_bars and found <= MOST_BARS then return { bars = found } end
    local is_seconds = unit == "" or unit == "s" or unit == "sec" or unit == "seconds" or unit == "second"
    if is_seconds and found <= MOST_SECONDS then return { seconds = found } end
  end
  return nil, "bad_length", { given = answer }
end

local SCALES = { [""] = "", m = " minor", min = " minor", minor = " minor", moll = " minor", maj = " major",
  major = " major", dur = " major" }

--- "Dm", "d minor", "F♯ moll" and "Bb" as the protocol writes keys.
function read.key(answer)
  local plain = answer:gsub("♯", "#"):gsub("♭", "b")
  local letter, sign, scale = plain:match("^([A-Ga-g])([#b]?)%s*(%a*)$")
  if answer == "" then return "" end
  -- "M" is major where "m" is minor.
  local name = letter and (scale == "M" and " major" or SCALES[scale:lower()])
  if not name then return nil, "bad_key", { given = answer } end
  return letter:upper() .. sign .. name
end

function read.yes_no(answer, name)
  local found = YES_NO[answer:lower()]
  if found == nil then return nil, "bad_" .. name, { given = answer } end
  return found
end

function read.mode(answer)
  if answer == "only_lyrics" or answer == "remix" then return answer end
  local keeps, reason, values = read.yes_no(answer, "mode")
  if reason then return nil, reason, values end
  return keeps and "only_lyrics" or "remix"
end

--- `answer` as the protocol writes keys ("" for none); nil if it is no key.
function M.key(answer) return (read.key(answer)) end

--- What stands in a field the first time.
function M.default(name) return M.fields[name].default end

--- Lyrics typed into a single line: ` | ` begins a new one.
function M.unfolded(line) return (line:gsub("[ \t]*|[ \t]*", "\n")) end

--- The same the other way round, to show remembered lyrics in a single line.
function M.folded(lyrics) return (lyrics:gsub("\r?\n", " | ")) end

--- The versions in `lyrics`, which a line of `---` separates; empty ones are left out, but one remains.
function M.versions(lyrics)
  local versions, lines = {}, {}
  local function close()
    local version = table.concat(lines, "\n"):match("^%s*(.-)%s*$")
    if version ~= "" then versions[#versions + 1] = version end
    lines = {}
  end
  for line in (lyrics:gsub("\r\n?", "\n") .. "\n"):gmatch("(.-)\n") do
    if line:match("^%s*%-%-%-+%s*$") then close() else lines[#lines + 1] = line end
  end
  close()
  if #versions == 0 then versions[1] = "" end
  return versions
end

local function whole_form_fault(verb, wishes)
  if verb.id ~= "edit" then return nil end
  if not wishes.lyrics:find("%S") and not wishes.tags:find("%S") then return "no_change", {} end
  if wishes.mode == "only_lyrics" and not wishes.lyrics:find("%S") then return "no_lyrics", {} end
  return nil
end

--- The wishes of `verb` from `answers` (field → what was typed; a field left out has its default). `extra` names
-- further fields, such as verbs.landing_fields. Returns field → value (`seed` nil for one by chance); or nil, a
-- sentence and the field that it is about.
function M.read(verb, answers, extra)
  local wishes = {}
  for _, list in ipairs({ verb.fields, extra or {} }) do
    for _, name in ipairs(list) do
      local field = M.fields[name]
      local answer = (answers[name] or field.default):match("^%s*(.-)%s*$")
      local wish, reason, values = read[field.kind](answer, name, verb.request)
      if reason then return nil, text.say(reason, values), name end
      wishes[name] = wish
    end
  end
  local reason, values = whole_form_fault(verb, wishes)
  if reason then return nil, text.say(reason, values), "lyrics" end
  return wishes
end

return M
