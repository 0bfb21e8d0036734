--- Which regions are results of ours: one line for each that was laid down, in a file of the session.
--
-- Ardour's regions hold no texts of ours, and its import drops the recipe inside a take. But every file that it brings
-- in gets a name that is never given again in the session, and regions that are cut, copied or moved still play it. So
-- an entry is a mark (shared/mark.lua: job, number, path, kept) with
--   source   name of the region's first file
--   title    the region's name
--   side     "left" or "right" of an extend; nil for all others
-- `path` is below the session's folder where it can be, so that it moves with it.
local files_module = require("shared.files")
local json = require("shared.json")

local M = {}
local Ledger = {}
Ledger.__index = Ledger

local join = files_module.join

M.NAME = "dawbridge-takes.jsonl"

--- The ledger of the session in the folder `path`; `parts` as in ardour/book.lua, `digest` of the path.
function M.open(parts, path, digest)
  local ledger = { files = parts.files, append = parts.append, path = path }
  ledger.own = join(path, M.NAME)
  ledger.spare = join(parts.home, "ardour-" .. digest .. "-takes.jsonl")
  return setmetatable(ledger, Ledger)
end

local function short(path, folder)
  local is_below = path:sub(1, #folder) == folder and path:sub(#folder + 1, #folder + 1):find("[/\\]")
  return is_below and path:sub(#folder + 2) or path
end

local function whole(path, folder)
  local is_absolute = path:find("^[/\\]") or path:find("^%a:[/\\]")
  return is_absolute and path or join(folder, path)
end

--- Adds an entry; the latest for a source is the one that counts.
function Ledger:add(entry)
  local line = {}
  for name, value in pairs(entry) do line[name] = value end
  line.path = short(entry.path, self.path)
  local bytes = json.encode(line) .. "\n"
  return self.append(self.own, bytes) or self.append(self.spare, bytes)
end

--- All entries, by their source.
function Ledger:read()
  local entries = {}
  for _, file in ipairs({ self.own, self.spare }) do
    for line in (self.files.read(file) or ""):gmatch("[^\n]+") do
      local entry = json.decode(line)
      if type(entry) == "table" and type(entry.source) == "string" and type(entry.path) == "string" then
        entry.path, entry.number = whole(entry.path, self.path), math.tointeger(entry.number)
        entries[entry.source] = entry
      end
    end
  end
  return entries
end

return M
