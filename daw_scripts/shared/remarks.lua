--- What the engine remarked on a take: which key it heard, what of the wishes it could not follow, that it is a draft.
local M = {}

--- The remarks on take `number` among `takes` (as `done` brings them), a sentence each.
function M.of(takes, number)
  for _, take in ipairs(takes or {}) do
    if math.tointeger(take.number) == number then return take.notes or {} end
  end
  return {}
end

return M
