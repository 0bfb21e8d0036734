--- Rate and channels of a sound file, read from its first bytes: Ardour's Lua does not tell them.
--
-- Source: RIFF/WAVE and RF64 (EBU Tech 3306), AIFF (Apple, 1989), FLAC's STREAMINFO (RFC 9639, section 8.2).
local M = {}

--- More than any writer puts before the format chunk, a `bext` with its history apart.
M.BYTES = 4096

local function wave(bytes)
  local at = 13
  while at + 8 <= #bytes do
    local name, size = string.unpack("<c4I4", bytes, at)
    if name == "fmt " and at + 15 < #bytes then
      local _, channels, rate = string.unpack("<I2I2I4", bytes, at + 8)
      return rate, channels
    end
    at = at + 8 + size + size % 2
  end
  return nil
end

--- An 80-bit float with a whole number in it.
local function extended(bytes, at)
  local exponent, mantissa = string.unpack(">I2I8", bytes, at)
  local shift = 16383 + 63 - (exponent & 0x7fff)
  return shift >= 0 and shift < 64 and mantissa >> shift or nil
end

local function aiff(bytes)
  local at = 13
  while at + 26 <= #bytes do
    local name, size = string.unpack(">c4I4", bytes, at)
    if name == "COMM" then return extended(bytes, at + 16), (string.unpack(">I2", bytes, at + 8)) end
    at = at + 8 + size + size % 2
  end
  return nil
end

local function flac(bytes)
  if #bytes < 22 then return nil end
  local packed = string.unpack(">I4", bytes, 19)
  return packed >> 12, (packed >> 9 & 7) + 1
end

--- Samples a second and channels; nil if the bytes are of no kind that is known here.
function M.read(bytes)
  local mark, kind = bytes:sub(1, 4), bytes:sub(9, 12)
  if (mark == "RIFF" or mark == "RF64" or mark == "BW64") and kind == "WAVE" then return wave(bytes) end
  if mark == "FORM" and (kind == "AIFF" or kind == "AIFC") then return aiff(bytes) end
  if mark == "fLaC" then return flac(bytes) end
  return nil
end

return M
