--- Places of the timeline, for eyes.
local M = {}

--- "0:32.500".
function M.at(samples, rate)
  local thousandths = math.floor(samples / rate * 1000 + 0.5)
  return string.format("%d:%02d.%03d", thousandths // 60000, thousandths // 1000 % 60, thousandths % 1000)
end

--- "0:32.500–0:40.000".
function M.range(from, to, rate) return M.at(from, rate) .. "–" .. M.at(to, rate) end

return M
