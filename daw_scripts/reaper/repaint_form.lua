--- What the user wishes for a repaint, asked with REAPER's own dialog and remembered for the next time.
local host = require("reaper.host")
local text = require("shared.text")

local M = {}

local MOST_TAGS, MOST_LYRICS, MOST_VARIANTS, MOST_SEED = 2000, 40000, 8, 2 ^ 53 - 1

--- Each field: what is asked, what stands there the first time, and how an answer is read. `read` returns the wish,
-- or nil, the name of a sentence and its values.
local FIELDS = {}

local function limited(sentence, most)
  return function(answer)
    local count = utf8.len(answer) or #answer
    if count > most then return nil, sentence, { count = count, most = most } end
    return answer
  end
end

local function whole(answer, least, most)
  local number = math.tointeger(tonumber(answer))
  return number and number >= least and number <= most and number or nil
end

FIELDS[1] = { name = "tags", default = "", read = limited("long_tags", MOST_TAGS) }

FIELDS[2] = {
  name = "lyrics", default = "",
  read = function(answer) return limited("long_lyrics", MOST_LYRICS)((answer:gsub("%s*|%s*", "\n"))) end,
}

FIELDS[3] = {
  name = "strength", default = "1",
  read = function(answer)
    -- Half of Europe writes 0,5.
    local number = tonumber((answer:gsub(",", ".")))
    if number and number >= 0 and number <= 1 then return number end
    return nil, "bad_strength", { given = answer }
  end,
}

FIELDS[4] = {
  name = "variants", default = "2",
  read = function(answer)
    local number = whole(answer, 1, MOST_VARIANTS)
    if number then return number end
    return nil, "bad_variants", { given = answer }
  end,
}

FIELDS[5] = {
  name = "seed", default = "", is_forgotten = true,
  read = function(answer)
    local number = whole(answer, 0, MOST_SEED)
    if number or answer == "" then return number end
    return nil, "bad_seed", { given = answer }
  end,
}

local function read(answers)
  local wishes = {}
  for index, field in ipairs(FIELDS) do
    local answer = (answers[index] or ""):match("^%s*(.-)%s*$")
    local wish, reason, values = field.read(answer)
    if reason then return nil, text.say(reason, values) end
    wishes[field.name] = wish
  end
  return wishes
end

--- The wishes `{tags, lyrics, strength, variants, seed}`; `seed` is nil for one by chance. Asks until the answers can
-- be read; nil if the user closes the dialog.
function M.ask()
  local captions, answers = {}, {}
  for index, field in ipairs(FIELDS) do
    captions[index] = text.say("ask_" .. field.name)
    local last = host.remembered("last_" .. field.name)
    answers[index] = last ~= "" and last or field.default
  end
  while true do
    answers = host.ask(text.say("title"), captions, answers)
    if not answers then return nil end
    local wishes, fault = read(answers)
    if wishes then
      for index, field in ipairs(FIELDS) do
        if not field.is_forgotten then host.remember("last_" .. field.name, answers[index] or "", true) end
      end
      return wishes
    end
    host.tell(text.say("title"), fault)
  end
end

return M
