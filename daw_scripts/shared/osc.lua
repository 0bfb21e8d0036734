--- Open Sound Control 1.0 in plain Lua: messages as bytes and back, bundles taken apart.
--
-- Source: "The Open Sound Control 1.0 Specification" (M. Wright, 2002). Numbers are big-endian, every part fills a
-- multiple of four bytes. Integers have 32 bits and floats are single precision: what must be exact travels as text.
local M = {}

local SMALLEST, LARGEST = -2 ^ 31, 2 ^ 31 - 1
local BUNDLE = "#bundle\0"
local DEEPEST = 8

--- A text with its end mark, filled up to a multiple of four bytes.
local function padded(text) return text .. ("\0"):rep(4 - #text % 4) end

local function check_text(text, what)
  if text:find("\0", 1, true) then error(what .. " holds a zero byte", 0) end
  return text
end

--- A value's type tag and its bytes.
local function argument(value)
  local kind = math.type(value) or type(value)
  if kind == "integer" then
    if value < SMALLEST or value > LARGEST then error(value .. " does not fit the 32 bits of an OSC integer", 0) end
    return "i", string.pack(">i4", value)
  end
  if kind == "float" then return "f", string.pack(">f", value) end
  if kind == "string" then return "s", padded(check_text(value, "a text")) end
  if kind == "boolean" then return value and "T" or "F", "" end
  error("a " .. kind .. " cannot be sent", 0)
end

local function encoded(address, values)
  if address:sub(1, 1) ~= "/" then error("the address " .. address .. " does not begin with /", 0) end
  local tags, parts = ",", {}
  for index, value in ipairs(values) do
    local tag
    tag, parts[index] = argument(value)
    tags = tags .. tag
  end
  return padded(check_text(address, "an address")) .. padded(tags) .. table.concat(parts)
end

--- The datagram of one message. `values` are texts, integers, floats (single precision on the way) and booleans.
-- nil and a sentence for what OSC cannot hold.
function M.encode(address, values)
  local fine, result = pcall(encoded, address, values)
  if fine then return result end
  return nil, result
end

--- The text at `at`, and where the next part begins.
local function read_text(bytes, at)
  local last = bytes:find("\0", at, true)
  if not last then error("a text has no end", 0) end
  local following = at + (last - at) // 4 * 4 + 4
  if following - 1 > #bytes then error("a text is cut off", 0) end
  return bytes:sub(at, last - 1), following
end

local function packed(format, size)
  return function(bytes, at)
    if at + size - 1 > #bytes then error("a number is cut off", 0) end
    return string.unpack(format, bytes, at)
  end
end

local function constant(value)
  return function(_, at) return value, at end
end

local function blob(bytes, at)
  local length
  length, at = packed(">i4", 4)(bytes, at)
  local following = at + (length + 3) // 4 * 4
  if length < 0 or following - 1 > #bytes then error("a blob is cut off", 0) end
  return bytes:sub(at, at + length - 1), following
end

--- How each type is read. Beyond i, f, s and b these are the common ones; N and I have no bytes.
local READ = { s = read_text, S = read_text, b = blob, i = packed(">i4", 4), f = packed(">f", 4), h = packed(">i8", 8),
  d = packed(">d", 8), t = packed(">i8", 8), c = packed(">i4", 4), r = packed(">I4", 4), m = packed(">I4", 4),
  T = constant(true), F = constant(false), N = constant(nil), I = constant(math.huge) }

local function read_message(bytes, found)
  local address, at = read_text(bytes, 1)
  if address:sub(1, 1) ~= "/" then error("it begins with no address", 0) end
  local values = { n = 0 }
  -- Some old senders leave the type tags out where there is nothing to tell.
  if at <= #bytes then
    local tags
    tags, at = read_text(bytes, at)
    if tags:sub(1, 1) ~= "," then error("the types do not begin with a comma", 0) end
    for tag in tags:sub(2):gmatch(".") do
      local reads = READ[tag] or error("the type " .. tag .. " is not known", 0)
      values.n = values.n + 1
      values[values.n], at = reads(bytes, at)
    end
  end
  found[#found + 1] = { address = address, values = values }
end

local function read_packet(bytes, found, depth)
  if #bytes % 4 ~= 0 then error("its length is no multiple of four", 0) end
  if bytes:sub(1, 8) ~= BUNDLE then return read_message(bytes, found) end
  if depth == DEEPEST then error("bundles lie in each other too deeply", 0) end
  local at = 17
  if #bytes < 16 then error("a bundle is cut off", 0) end
  while at <= #bytes do
    local size
    size, at = packed(">i4", 4)(bytes, at)
    if size < 4 or at + size - 1 > #bytes then error("a part of a bundle is cut off", 0) end
    read_packet(bytes:sub(at, at + size - 1), found, depth + 1)
    at = at + size
  end
end

--- The messages of a datagram, `{address, values}` each, `values.n` of them; those of a bundle in order, its time left
-- out. nil and a sentence if it is no OSC.
function M.decode(bytes)
  local found = {}
  local fine, fault = pcall(read_packet, bytes, found, 0)
  if fine then return found end
  return nil, fault
end

return M
