--- WAV files of 32-bit floats, written piece by piece. Source: the RIFF/WAVE layout with format tag 3 (IEEE float).
local M = {}

local FLOAT, BYTES = 3, 4
local MOST_BYTES = 0xFFFFFFFF
--- Values that go through `string.pack` at once: many are faster, but a call has a limit of arguments.
local AT_ONCE = 120
local FORMAT = "<" .. ("f"):rep(AT_ONCE)

--- Whether so much audio fits into one file.
function M.fits(channels, frames) return frames * channels * BYTES + 64 <= MOST_BYTES end

--- What stands before the samples of a file of `frames` frames.
function M.header(rate, channels, frames)
  local block, data = channels * BYTES, frames * channels * BYTES
  local format = string.pack("<I2I2I4I4I2I2I2", FLOAT, channels, rate, rate * block, block, BYTES * 8, 0)
  local body = "WAVE" .. string.pack("<c4s4", "fmt ", format) .. string.pack("<c4I4I4", "fact", 4, frames)
    .. string.pack("<c4I4", "data", data)
  return string.pack("<c4I4", "RIFF", #body + data) .. body
end

--- The first `count` of `values` (full scale is ±1) as bytes.
function M.pack(values, count)
  local pieces, first = {}, 1
  while first + AT_ONCE - 1 <= count do
    pieces[#pieces + 1] = string.pack(FORMAT, table.unpack(values, first, first + AT_ONCE - 1))
    first = first + AT_ONCE
  end
  if first <= count then
    pieces[#pieces + 1] = string.pack("<" .. ("f"):rep(count - first + 1), table.unpack(values, first, count))
  end
  return table.concat(pieces)
end

--- The bytes of `count` values of silence.
function M.silence(count) return ("\0"):rep(count * BYTES) end

return M
