--- Names for jobs and letters: readable in a folder listing, and never the same twice.
local M = {}

local count = 0

--- 64-bit FNV-1a; spreads the host's randomness over all digits. Source: RFC draft-eastlake-fnv, section 2.
local function mix(text)
  local hash = 0xcbf29ce484222325
  for index = 1, #text do
    hash = (hash ~ text:byte(index)) * 0x100000001b3
  end
  return hash
end

--- Twelve hex digits that differ at every call; `entropy` is something the host believes to be unique (a GUID, a time).
function M.digits(entropy)
  count = count + 1
  local words = table.concat({ entropy, tostring(count), tostring(os.time()), tostring(os.clock()), tostring({}) }, "|")
  return string.format("%016x", mix(words)):sub(1, 12)
end

--- A job id such as `repaint-20261122-110305-3f2a9c01d2e4` (UTC): fits the protocol's JobId and any file system.
function M.job(task, entropy, time)
  return string.format("%s-%s-%s", task, os.date("!%Y%m%d-%H%M%S", time), M.digits(entropy))
end

--- A seed by chance, for several jobs that shall differ in something else only.
function M.seed(entropy) return tonumber(M.digits(entropy), 16) & (2 ^ 53 | 0) - 1 end

return M
