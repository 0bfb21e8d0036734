--- JSON for letters and events: integers stay integers, text is UTF-8, and an empty table says which kind it is.
--
-- Lua has one kind of table, JSON two. Decoded lists and objects carry a mark, so that they encode as what they were;
-- an unmarked table is a list if it holds something at 1 and an object if it holds names. An empty one must be marked
-- with `list` or `object`: guessing is how `takes: {}` ends up where `takes: []` was meant.
local M = {}

local LIST = { __name = "json.list" }
local OBJECT = { __name = "json.object" }
local DEEPEST = 100

--- Stands where JSON has null; a nil would make the field disappear.
M.null = setmetatable({}, { __name = "json.null", __tostring = function() return "null" end })

--- Marks `values` (or a new table) as a list.
function M.list(values) return setmetatable(values or {}, LIST) end

--- Marks `fields` (or a new table) as an object.
function M.object(fields) return setmetatable(fields or {}, OBJECT) end

--- True for a table that decodes from, or encodes to, `[…]`.
function M.is_list(value)
  local mark = getmetatable(value)
  return mark == LIST or (mark ~= OBJECT and value[1] ~= nil)
end

local SHORT = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t" }

local function encode_text(text)
  if not utf8.len(text) then error("a text is not valid UTF-8", 0) end
  return '"' .. text:gsub('[%c"\\]', function(char)
    return SHORT[char] or string.format("\\u%04x", char:byte())
  end) .. '"'
end

local function encode_number(number)
  if math.type(number) == "integer" then return string.format("%d", number) end
  if number ~= number or number == math.huge or number == -math.huge then error("a number is not finite", 0) end
  local text
  for digits = 15, 17 do
    -- A host may have set a locale that writes a decimal comma.
    text = string.format("%." .. digits .. "g", number):gsub(",", ".")
    if tonumber(text) == number then break end
  end
  return text:find("[.e]") and text or text .. ".0"
end

local encode_value

local function encode_list(values, depth)
  local count, parts = 0, {}
  for _ in pairs(values) do count = count + 1 end
  if count ~= #values then error("a list has holes or named fields", 0) end
  for index, value in ipairs(values) do parts[index] = encode_value(value, depth + 1) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function encode_object(fields, depth)
  local names, parts = {}, {}
  for name in pairs(fields) do
    if type(name) ~= "string" then error("an object has the key " .. tostring(name) .. ", which is no text", 0) end
    names[#names + 1] = name
  end
  table.sort(names)
  for index, name in ipairs(names) do
    parts[index] = encode_text(name) .. ":" .. encode_value(fields[name], depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode_value(value, depth)
  if depth > DEEPEST then error("the value is nested too deeply", 0) end
  local kind = type(value)
  if kind == "string" then return encode_text(value) end
  if kind == "number" then return encode_number(value) end
  if kind == "boolean" then return tostring(value) end
  if value == M.null then return "null" end
  if kind ~= "table" then error("a " .. kind .. " cannot be written as JSON", 0) end
  if getmetatable(value) == nil and next(value) == nil then error("an empty table is neither list nor object", 0) end
  if M.is_list(value) then return encode_list(value, depth) end
  return encode_object(value, depth)
end

--- The value as one line of JSON with sorted names; nil and a sentence if it cannot be written.
function M.encode(value)
  local fine, result = pcall(encode_value, value, 0)
  if fine then return result end
  return nil, "JSON: " .. tostring(result)
end

local function fail(at, sentence) error(string.format("%s at byte %d", sentence, at), 0) end

local function skip_space(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local LONG = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function read_unit(text, at)
  local digits = text:match("^\\u(%x%x%x%x)", at)
  return digits and tonumber(digits, 16)
end

--- One \u escape, or the pair of them that spells a character beyond the 16-bit plane.
local function read_unicode(text, at)
  local unit = read_unit(text, at) or fail(at, "an escape \\u without four hex digits")
  if unit < 0xD800 or unit > 0xDFFF then return utf8.char(unit), at + 6 end
  local low = read_unit(text, at + 6)
  if unit > 0xDBFF or not low or low < 0xDC00 or low > 0xDFFF then fail(at, "half of a surrogate pair") end
  return utf8.char(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)), at + 12
end

local function read_text(text, at)
  local parts, next_at = {}, at + 1
  while true do
    local stop = text:find('[%c"\\]', next_at) or fail(at, "a text without its closing quote")
    parts[#parts + 1] = text:sub(next_at, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char == "\127" then
      parts[#parts + 1], next_at = char, stop + 1
    elseif char ~= "\\" then
      fail(stop, "a control character inside a text")
    elseif text:sub(stop + 1, stop + 1) == "u" then
      parts[#parts + 1], next_at = read_unicode(text, stop)
    else
      parts[#parts + 1] = LONG[text:sub(stop + 1, stop + 1)] or fail(stop, "an unknown escape")
      next_at = stop + 2
    end
  end
end

local function read_number(text, at)
  local stop = select(2, text:find("^-?%d+", at)) or fail(at, "a value was expected")
  if text:find("^-?0%d", at) then fail(at, "a number with a leading zero") end
  stop = select(2, text:find("^%.%d+", stop + 1)) or stop
  stop = select(2, text:find("^[eE][+-]?%d+", stop + 1)) or stop
  return tonumber(text:sub(at, stop)), stop + 1
end

local read_value

local function read_list(text, at, depth)
  local values = M.list()
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "]" then return values, at + 1 end
  while true do
    values[#values + 1], at = read_value(text, at, depth + 1)
    at = skip_space(text, at)
    local char = text:sub(at, at)
    if char == "]" then return values, at + 1 end
    if char ~= "," then fail(at, "',' or ']' was expected") end
    at = at + 1
  end
end

local function read_object(text, at, depth)
  local fields = M.object()
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "}" then return fields, at + 1 end
  while true do
    at = skip_space(text, at)
    if text:sub(at, at) ~= '"' then fail(at, "a name in quotes was expected") end
    local name, after = read_text(text, at)
    at = skip_space(text, after)
    if text:sub(at, at) ~= ":" then fail(at, "':' was expected") end
    fields[name], at = read_value(text, at + 1, depth + 1)
    at = skip_space(text, at)
    local char = text:sub(at, at)
    if char == "}" then return fields, at + 1 end
    if char ~= "," then fail(at, "',' or '}' was expected") end
    at = at + 1
  end
end

local WORDS = { ["true"] = true, ["false"] = false, ["null"] = M.null }

function read_value(text, at, depth)
  at = skip_space(text, at)
  if depth > DEEPEST then fail(at, "the value is nested too deeply") end
  local char = text:sub(at, at)
  if char == "{" then return read_object(text, at, depth) end
  if char == "[" then return read_list(text, at, depth) end
  if char == '"' then return read_text(text, at) end
  local word = text:match("^%l+", at)
  if word and WORDS[word] ~= nil then return WORDS[word], at + #word end
  return read_number(text, at)
end

--- The value that `text` spells (null is `json.null`); nil and a sentence with the byte where reading stopped.
function M.decode(text)
  local fine, result = pcall(function()
    local _, bad = utf8.len(text)
    if bad then fail(bad, "a text is not valid UTF-8") end
    local value, at = read_value(text, 1, 0)
    at = skip_space(text, at)
    if at <= #text then fail(at, "something follows the value") end
    return value
  end)
  if fine then return result end
  return nil, "JSON: " .. tostring(result)
end

return M
