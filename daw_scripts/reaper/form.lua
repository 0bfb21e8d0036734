--- The form of a verb, asked with REAPER's own dialog and remembered for the next time.
local host = require("reaper.host")
local text = require("shared.text")
local verbs = require("shared.verbs")
local wishes = require("shared.wishes")

local M = {}

--- Which of the fields about landing mean something to a verb.
local LANDING = {
  repaint = { "replace", "stems", "midi" }, edit = { "replace", "stems", "midi" }, generate = { "stems", "midi" },
  layer = { "midi" }, extend_left = { "midi" }, extend_right = { "midi" }, retake = { "midi" }, again = {},
}

--- The fields of `verb`, in order; `offered` are those of shared/offer.lua.
function M.fields(verb, offered)
  local fields = {}
  for _, list in ipairs({ verb.fields, offered, host.version() >= 7 and LANDING[verb.id] or {} }) do
    for _, name in ipairs(list) do fields[#fields + 1] = name end
  end
  return fields
end

local function is_lines(name) return wishes.fields[name].kind == "lines" end

--- What stands in the field `name`: a hint of the project, else the last answer, else the default.
local function shown(name, hints)
  local hint = hints and (hints[name] or name == "source_lyrics" and hints.lyrics) or ""
  local last = host.remembered("last_" .. name)
  local answer = hint ~= "" and hint or last ~= "" and last or wishes.default(name)
  return is_lines(name) and wishes.folded(answer) or answer
end

--- What `answers` (field → text) wish for.
function M.read(verb, answers, offered)
  local extra = {}
  for _, list in ipairs({ verbs.landing_fields, offered }) do
    for _, name in ipairs(list) do extra[#extra + 1] = name end
  end
  return wishes.read(verb, answers, extra)
end

local function read(verb, fields, answers, offered)
  local typed = {}
  for index, name in ipairs(fields) do
    typed[name] = is_lines(name) and wishes.unfolded(answers[index] or "") or answers[index] or ""
  end
  return M.read(verb, typed, offered)
end

--- The wishes of `verb`, as shared/wishes.lua reads them. `hints` is field → text, `offered` as above. Asks until the
-- answers can be read; nil if the user closes the dialog.
function M.ask(verb, hints, offered)
  local fields, captions, answers = M.fields(verb, offered), {}, {}
  if #fields == 0 then return {} end
  local title = text.say("title_verb", { verb = text.say("verb_" .. verb.id) })
  for index, name in ipairs(fields) do
    captions[index], answers[index] = text.say("ask_" .. name), shown(name, hints)
  end
  while true do
    answers = host.ask(title, captions, answers)
    if not answers then return nil end
    local wished, fault = read(verb, fields, answers, offered)
    if wished then
      for index, name in ipairs(fields) do
        if not wishes.fields[name].is_forgotten then host.remember("last_" .. name, answers[index] or "", true) end
      end
      return wished
    end
    host.tell(title, fault)
  end
end

return M
