--- Whether a verb can be served, and if not, why: panels grey it out with that sentence, actions say it.
local text = require("shared.text")

local M = {}

local function lists(tasks, request)
  for _, task in ipairs(tasks or {}) do
    if task == request then return true end
  end
  return false
end

--- Why `verb` cannot be served by what `welcome` (the bridge's answer to `hello`) tells of; nil if it can.
--
-- Also nil where that is not known: no welcome has come yet, or the engine has not been up since the bridge started.
-- The bridge takes such a job, and refuses it later if need be.
function M.reason(verb, welcome)
  if not verb.request or not welcome or #(welcome.backends or {}) == 0 then return nil end
  for _, backend in ipairs(welcome.backends) do
    if lists(backend.tasks, verb.request) then return nil end
  end
  for _, absent in ipairs(welcome.absent or {}) do
    if lists(absent.tasks, verb.request) and absent.problem then
      local hint = absent.problem.hint or ""
      return hint ~= "" and hint or absent.problem.message
    end
  end
  return text.say("no_backend_can")
end

--- The settings that mean something to the backend called `wanted` ("" for the one that serves by default): name →
-- true; nil while nobody knows.
function M.settings(welcome, wanted)
  if not welcome or #(welcome.backends or {}) == 0 then return nil end
  if wanted == "" then wanted = welcome.default_backend or "" end
  local known = {}
  for _, backend in ipairs(welcome.backends) do
    local is_meant = wanted == "" or backend.backend == wanted
    for _, name in ipairs(is_meant and backend.settings or {}) do known[name] = true end
  end
  return known
end

--- Fields that a form of `verb` has beside the verb's own because of what the backend can do: `settings` as above,
-- `is_draft` where the take that is made again is one.
function M.fields(verb, settings, is_draft)
  local fields = {}
  if verb.id == "again" then return is_draft and { "refine" } or {} end
  if not settings or verb.needs == "take" then return fields end
  if settings.draft then fields[#fields + 1] = "draft" end
  if verb.id == "generate" and settings.reference then fields[#fields + 1] = "reference" end
  if verb.id == "generate" and settings.reference and settings.timbre then fields[#fields + 1] = "timbre" end
  return fields
end

--- Seconds of sound that a backend of `welcome` wants to hear beside a span; `otherwise` while that is not known.
function M.context_seconds(welcome, otherwise)
  local most
  for _, backend in ipairs(welcome and welcome.backends or {}) do
    most = math.max(most or 0, backend.context_seconds or otherwise)
  end
  return most or otherwise
end

--- Names of the stems that can be added with `layer`, each once, in the order in which backends name them.
function M.roles(welcome)
  local roles, seen = {}, {}
  for _, backend in ipairs(welcome and welcome.backends or {}) do
    for _, role in ipairs(lists(backend.tasks, "layer") and backend.roles or {}) do
      if not seen[role] then roles[#roles + 1] = role end
      seen[role] = true
    end
  end
  return roles
end

return M
