--- Where jobs are remembered while the script, the project tab or the DAW is closed: one small JSON file a job.
local files_module = require("shared.files")
local json = require("shared.json")

local M = {}
local Store = {}
Store.__index = Store

local join = files_module.join

--- A store in `folder`, which exists. `files` as in shared/mailbox.lua.
function M.open(files, folder) return setmetatable({ files = files, folder = folder }, Store) end

--- All records, oldest first, and the names of files that could not be read (they are left as they are).
function Store:load()
  local records, broken, names = {}, {}, {}
  for _, name in ipairs(self.files.list(self.folder)) do names[name] = true end
  for name in pairs(names) do
    -- Windows has no rename over a file: a crash between remove and rename leaves only the temporary file.
    local orphan = name:match("^(.*)%.tmp$")
    if name:find("%.json$") or orphan and not names[orphan .. ".json"] then
      local record = json.decode(self.files.read(join(self.folder, name)) or "")
      if type(record) == "table" and record.id then
        records[#records + 1] = record
      else
        broken[#broken + 1] = name
      end
    end
  end
  table.sort(records, function(one, other) return one.id < other.id end)
  return records, broken
end

--- The record `id`; nil if there is none, or it cannot be read.
function Store:read(id)
  local record = json.decode(self.files.read(join(self.folder, id .. ".json")) or "")
  return type(record) == "table" and record.id and record or nil
end

--- Writes `record` under its `id`. Returns true; nil and a reason if the disk does not take it.
function Store:save(record)
  local bytes, fault = json.encode(record)
  if not bytes then return nil, fault end
  local path = join(self.folder, record.id)
  local done = self.files.publish(path .. ".tmp", path .. ".json", bytes)
  if done then return true end
  self.files.remove(path .. ".json")
  return self.files.publish(path .. ".tmp", path .. ".json", bytes)
end

function Store:forget(id)
  self.files.remove(join(self.folder, id .. ".json"))
  self.files.remove(join(self.folder, id .. ".tmp"))
end

return M
