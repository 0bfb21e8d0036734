--- What stands under "Advanced" (backend, sampling, LoRAs), read into fields of a request. No host, no drawing.
local json = require("shared.json")
local protocol = require("shared.protocol")
local text = require("shared.text")

local M = {}

--- The settings of sampling that a text can say, as shared/protocol.lua describes them.
function M.fields() return protocol.types.sampling.fields end

--- "guidance_scale" → "Guidance scale".
function M.caption(name) return (name:gsub("_", " "):gsub("^%l", string.upper)) end

local function number(answer) return tonumber((answer:gsub(",", "."))) end

local function limits(field) return { least = field.min or "…", most = field.max or "…" } end

local function fault(name, field, answer, sentence)
  local values = limits(field)
  values.name, values.given = M.caption(name), answer
  return nil, text.say(sentence, values)
end

local function fits(value, field)
  return value >= (field.min or -math.huge) and value <= (field.max or math.huge)
end

local read = {}

function read.integer(answer, field)
  local value = math.tointeger(number(answer))
  if value and fits(value, field) then return value end
  return fault(field.name, field, answer, "panel_bad_whole")
end

function read.number(answer, field)
  local value = number(answer)
  if value and value == value and fits(value, field) then return value end
  return fault(field.name, field, answer, "panel_bad_number")
end

function read.string(answer) return answer end

function read.boolean(answer) return answer == "yes" end

function read.list(answer, field)
  local steps = {}
  for part in answer:gmatch("[^,%s]+") do
    local step = math.tointeger(tonumber(part))
    if not step then return fault(field.name, field, answer, "panel_bad_steps") end
    steps[#steps + 1] = step
  end
  return json.list(steps)
end

local function sampling(texts)
  local values = {}
  for _, field in ipairs(M.fields()) do
    local answer = (texts[field.name] or ""):match("^%s*(.-)%s*$")
    if answer ~= "" then
      local value, sentence = read[field.type](answer, field)
      if sentence then return nil, sentence end
      values[field.name] = value
    end
  end
  return values
end

local function lora_list(loras)
  local list = {}
  for index, lora in ipairs(loras) do
    local path = lora.path:match("^%s*(.-)%s*$")
    if path == "" then return nil, text.say("panel_no_lora_file") end
    list[index] = { path = path, weight = lora.weight + 0.0 }
  end
  return json.list(list)
end

--- The fields of a request that `texts` (name → text: those of sampling, backend, language) and `loras`
-- (`{path, weight}`) say; nil and a sentence where something cannot be read. What is empty is left out.
function M.read(texts, loras)
  local fields = {}
  local values, bad_value = sampling(texts)
  if not values then return nil, bad_value end
  if next(values) then fields.sampling = values end
  local list, bad_lora = lora_list(loras)
  if not list then return nil, bad_lora end
  if #list > 0 then fields.loras = list end
  local language = (texts.language or ""):match("^%s*(.-)%s*$")
  if language ~= "" and not language:find("^%l%l$") then
    return nil, text.say("panel_bad_language", { given = language })
  end
  if language ~= "" then fields.language = language end
  if (texts.backend or "") ~= "" then fields.backend = texts.backend end
  return fields
end

return M
