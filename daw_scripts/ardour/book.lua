--- What the scripts remember of a session: its jobs, and the name under which the bridge knows it, in one file.
--
-- The file lies in the session's folder, so that it moves with it. Actions and watcher are separate interpreters: each
-- writes the whole file at once, and looks whether the other has written since. Where the folder cannot be written, a
-- file in Dawbridge's home takes its place. A store for shared/jobs.lua.
local files_module = require("shared.files")
local ids = require("shared.ids")
local json = require("shared.json")

local M = {}
local Book = {}
Book.__index = Book

local join = files_module.join

M.NAME = "dawbridge-jobs.json"

--- Twelve hex digits that are always the same for one text. Source: 64-bit FNV-1a, draft-eastlake-fnv, section 2.
function M.digest(text)
  local hash = 0xcbf29ce484222325
  for index = 1, #text do hash = (hash ~ text:byte(index)) * 0x100000001b3 end
  return string.format("%016x", hash):sub(1, 12)
end

local function read(files, path)
  local found = json.decode(files.read(path) or "")
  local is_book = type(found) == "table" and type(found.client) == "string" and type(found.jobs) == "table"
  return is_book and found or nil
end

--- The book of the session in the folder `path`. `parts`: files (shared/files.lua), home (Dawbridge's folder) and
-- exists(path). Until something is kept in it, there is no file.
function M.open(parts, path)
  local book = setmetatable({ files = parts.files, exists = parts.exists, path = path }, Book)
  book.own = join(path, M.NAME)
  book.spare = join(parts.home, "ardour-" .. M.digest(path) .. "-jobs.json")
  book:look()
  return book
end

--- Reads the newer of the two files.
function Book:look()
  local own, spare = read(self.files, self.own), read(self.files, self.spare)
  if own and spare and spare.serial > own.serial then own = nil end
  local state = own or spare
  if state and state.path ~= self.path then
    -- A session that was moved keeps its jobs; a copy of one that is still there has none yet.
    local is_copy = self.exists(join(state.path, M.NAME))
    if is_copy then state = nil else state.path = self.path end
  end
  self.is_new, self.texts = state == nil, {}
  self.state = state or
    { version = 1, client = "ardour-" .. M.digest(self.path), path = self.path, serial = 0, jobs = json.object() }
end

--- Reads again if somebody else has written. True if so.
function Book:refresh()
  local serial = self.state.serial
  local known = self.is_new
  local bytes = self.files.read(self.own) or self.files.read(self.spare)
  if bytes == self.bytes then return false end
  self.bytes = bytes
  self:look()
  return self.state.serial ~= serial or self.is_new ~= known
end

--- The name under which the bridge knows this session.
function Book:client() return self.state.client end

--- Gives a session that has no jobs yet a name that no other will ever have.
function Book:claim(entropy)
  if self.is_new then self.state.client = "ardour-" .. ids.digits(entropy) end
end

local function put(files, path, bytes)
  if files.publish(path .. ".tmp", path, bytes) then return true end
  -- Windows has no rename over a file.
  files.remove(path)
  return files.publish(path .. ".tmp", path, bytes)
end

--- Whether the session's folder takes files.
function Book:is_writable()
  local probe = self.own .. ".probe"
  local done = self.files.publish(probe .. ".tmp", probe, "")
  if done then self.files.remove(probe) end
  return done == true
end

--- The book as text. A job's own text is made again only when it has changed: they may be long.
function Book:encode()
  local parts = {}
  for id, record in pairs(self.state.jobs) do
    if self.texts[id] == nil then
      local text, fault = json.encode(record)
      if not text then return nil, fault end
      self.texts[id] = text
    end
    parts[#parts + 1] = json.encode(id) .. ":" .. self.texts[id]
  end
  local head = { version = 1, client = self.state.client, path = self.state.path, serial = self.state.serial }
  local text, fault = json.encode(head)
  return text and text:sub(1, -2) .. ',"jobs":{' .. table.concat(parts, ",") .. "}}", fault
end

function Book:write()
  self.state.serial = self.state.serial + 1
  local bytes, fault = self:encode()
  if not bytes then return nil, fault end
  local done
  done, fault = put(self.files, self.own, bytes)
  if not done then done, fault = put(self.files, self.spare, bytes) end
  if done then self.bytes, self.is_new = bytes, false end
  return done, fault
end

-- as a store ------------------------------------------------------------------------------------------------------

function Book:load()
  local records = {}
  for _, kept in pairs(self.state.jobs) do
    local record = {}
    for name, value in pairs(kept) do record[name] = value end
    records[#records + 1] = record
  end
  table.sort(records, function(one, other) return one.id < other.id end)
  return records, {}
end

function Book:save(record)
  self.state.jobs[record.id], self.texts[record.id] = json.object(record), nil
  return self:write()
end

function Book:forget(id)
  self.state.jobs[id], self.texts[id] = nil, nil
  return self:write()
end

return M
