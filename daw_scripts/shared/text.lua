--- The sentences that a musician reads. Values stand in braces; sentences are never glued together.
--
-- Those of all hosts lie in shared/text_*.lua by subject. A host adds its own with `add` (those that speak of its
-- menus).
local protocol = require("shared.protocol")

local M = { english = {} }

--- Adds `sentences`, name → sentence. Raises where two have one name.
function M.add(sentences)
  for name, sentence in pairs(sentences) do
    if M.english[name] and M.english[name] ~= sentence then error("two texts named " .. name, 2) end
    M.english[name] = sentence
  end
end

M.add(require("shared.text_verbs"))
M.add(require("shared.text_wishes"))
M.add(require("shared.text_progress"))
M.add(require("shared.text_results"))
M.add(require("shared.text_bridge"))

--- Whether there is a sentence called `name`.
function M.has(name) return M.english[name] ~= nil end

--- The sentence `name` with `values` put in. Raises for an unknown name: a missing sentence is a slip of ours.
function M.say(name, values)
  local sentence = M.english[name] or error("no text named " .. tostring(name), 2)
  return (sentence:gsub("{(%l+)}", function(key) return tostring(values[key]) end))
end

--- What went wrong and what to do about it, as one text. A problem without a hint gets that of its code.
function M.problem(problem)
  local known = protocol.errors[problem.code]
  local hint = problem.hint or ""
  if hint == "" and known then hint = known.hint end
  return hint == "" and problem.message or problem.message .. "\n" .. hint
end

--- `text` cut to `most` characters, with … where something was cut. Never inside a character.
function M.shortened(text, most)
  if (utf8.len(text) or #text) <= most then return text end
  return text:sub(1, (utf8.offset(text, most) or most) - 1) .. "…"
end

return M
