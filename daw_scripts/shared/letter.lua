--- A letter is what a script sends: version, key, who speaks, and one request whose fields the protocol knows.
local json = require("shared.json")
local protocol = require("shared.protocol")

local M = {}

local check_fields

local function check_number(value, field, where)
  if field.min and value < field.min or field.max and value > field.max then
    error(string.format("%s is %s, outside %s to %s", where, value, field.min or "…", field.max or "…"), 0)
  end
end

local function check_value(value, field, where)
  local kind = type(value)
  if protocol.types[field.type] then
    if kind ~= "table" then error(where .. " is no " .. field.type, 0) end
    check_fields(value, protocol.types[field.type].fields, where .. ".")
  elseif field.type == "integer" then
    if math.type(value) ~= "integer" then error(where .. " is no whole number", 0) end
    check_number(value, field, where)
  elseif field.type == "number" then
    if kind ~= "number" then error(where .. " is no number", 0) end
    check_number(value, field, where)
  elseif field.type == "string" or field.type == "boolean" then
    if kind ~= field.type then error(where .. " is no " .. field.type, 0) end
    local length = kind == "string" and (utf8.len(value) or error(where .. " is not valid UTF-8", 0)) or 0
    if length > (field.max_length or math.huge) then
      error(string.format("%s has %d characters; at most %d are read", where, length, field.max_length), 0)
    end
  end
end

--- Raises a sentence for an unknown name, a missing one, a wrong type or a number out of range.
function check_fields(values, fields, prefix)
  local known = {}
  for _, field in ipairs(fields) do
    local value, where = values[field.name], prefix .. field.name
    known[field.name] = true
    if value ~= nil then
      check_value(value, field, where)
    elseif field.required then
      error(where .. " is missing", 0)
    end
  end
  for name in pairs(values) do
    if not known[name] then error(prefix .. tostring(name) .. " is no field of this request", 0) end
  end
end

--- Whether the bridge will read `message`: true, or nil and what is wrong with which field.
-- The bridge checks again; finding it here means that a slip is seen before a job is waited for.
function M.check(message)
  local request = protocol.requests[message.request]
  if not request then return nil, tostring(message.request) .. " is no request" end
  local fields = {}
  for name, value in pairs(message) do
    if name ~= "request" then fields[name] = value end
  end
  local fine, fault = pcall(check_fields, fields, request.fields, "")
  if fine then return true end
  return nil, fault
end

--- The bytes of a letter; nil and a sentence if a field cannot be sent or the letter would be too large to be read.
function M.seal(message, key, client)
  local fine, fault = M.check(message)
  if not fine then return nil, fault end
  local bytes
  bytes, fault = json.encode({ version = protocol.VERSION, key = key, client = client, message = message })
  if bytes and #bytes > protocol.LARGEST then return nil, "the request is larger than any message may be" end
  return bytes, fault
end

return M
