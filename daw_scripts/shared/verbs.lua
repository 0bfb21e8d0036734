--- What a musician can ask for: the same verbs, in the same order and words, in every host.
--
-- A verb is a plain table:
--   id       what code, actions and keys call it
--   request  the word of the request that it becomes (see shared/protocol.lua); nil for what only steers
--   needs    what the user has to select:
--              audio   a range of something that sounds
--              edge    a clip that is continued beyond its edge
--              room    a range, sound or no sound
--              tracks  a range, and other tracks that sound there
--              take    a result of ours
--   fields   what its form asks, in order; shared/wishes.lua reads the answers
-- Titles are the texts "verb_<id>", captions "ask_<field>".
local M = {}

M.list = {
  {
    id = "repaint", request = "repaint", needs = "audio",
    fields = { "tags", "lyrics", "strength", "variants", "seed", "key", "chords" },
  },
  {
    id = "extend_left", request = "extend", needs = "edge",
    fields = { "length", "tags", "lyrics", "variants", "seed", "key", "chords" },
  },
  {
    id = "extend_right", request = "extend", needs = "edge",
    fields = { "length", "tags", "lyrics", "variants", "seed", "key", "chords" },
  },
  {
    id = "generate", request = "generate", needs = "room",
    fields = { "tags", "lyrics", "variants", "seed", "key", "chords" },
  },
  { id = "retake", request = "retake", needs = "take", fields = { "variance", "variants", "seed" } },
  {
    id = "layer", request = "layer", needs = "tracks",
    fields = { "role", "tags", "lyrics", "variants", "seed", "key", "chords" },
  },
  {
    id = "edit", request = "edit", needs = "audio",
    fields = { "lyrics", "source_lyrics", "tags", "mode", "variants", "seed", "key" },
  },
  { id = "again", request = "again", needs = "take", fields = {} },
  { id = "choose", needs = "take", fields = {} },
  { id = "keep", needs = "take", fields = {} },
  { id = "discard", needs = "take", fields = {} },
  { id = "cancel", fields = {} },
  { id = "status", fields = {} },
  { id = "open_panel", fields = {} },
}

--- What a host may ask beside a verb's own fields, where it can do it: how the result is laid down.
M.landing_fields = { "replace", "stems", "midi" }

local by_id = {}
for _, verb in ipairs(M.list) do by_id[verb.id] = verb end

--- The verb called `id`. Raises for one that does not exist: a slip of ours.
function M.get(id) return by_id[id] or error("no verb " .. tostring(id), 2) end

--- The verbs that become work for an engine, in order.
function M.working()
  local list = {}
  for _, verb in ipairs(M.list) do
    if verb.request then list[#list + 1] = verb end
  end
  return list
end

return M
