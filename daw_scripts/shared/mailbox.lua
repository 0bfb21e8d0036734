--- The folder through which a script and the bridge talk: letters go in, events come out.
--
-- `files` is shared/files.lua with the host's `list(folder)` (names, in any order; empty if the folder is not there).
local files_module = require("shared.files")
local json = require("shared.json")
local letter = require("shared.letter")
local protocol = require("shared.protocol")

local M = {}
local Mailbox = {}
Mailbox.__index = Mailbox

local join = files_module.join

--- Dawbridge's home folder. `system` is "windows", "macos" or "linux"; `getenv` is os.getenv or a stand-in.
function M.home(system, getenv)
  local own = getenv("DAWBRIDGE_HOME")
  if own and own ~= "" then return own end
  if system == "windows" then return join(getenv("LOCALAPPDATA") or "", "dawbridge") end
  local user = getenv("HOME") or ""
  if system == "macos" then return join(user, "Library/Application Support/dawbridge") end
  local data = getenv("XDG_DATA_HOME")
  if data and data ~= "" then return join(data, "dawbridge") end
  return join(user, ".local/share/dawbridge")
end

local function problem(code, message)
  return { code = code, message = message or protocol.errors[code].meaning, hint = protocol.errors[code].hint }
end

--- What connection.json says (key, mailbox, …); nil and a problem when no bridge runs or it speaks another version.
function M.connection(files, home)
  local bytes = files.read(join(home, "connection.json"))
  if not bytes then return nil, problem("no_bridge") end
  local found = json.decode(bytes)
  if type(found) ~= "table" or type(found.key) ~= "string" or type(found.mailbox) ~= "string" then
    return nil, problem("no_bridge", "The file connection.json in " .. home .. " cannot be understood.")
  end
  if found.version ~= protocol.VERSION then return nil, problem("wrong_version") end
  return found
end

--- The mailbox in `folder` as `client` sees it.
function M.open(files, folder, client)
  local box = { files = files, client = client }
  box.inbox = join(folder, protocol.mailbox.inbox)
  box.outbox = join(join(folder, protocol.mailbox.outbox), client)
  return setmetatable(box, Mailbox)
end

--- Posts `message` as the letter `name`. Returns true; nil and a sentence, with `true` behind it if no new try helps.
function Mailbox:post(name, message, key)
  local bytes, fault = letter.seal(message, key, self.client)
  if not bytes then return nil, fault, true end
  local path = join(self.inbox, name)
  return self.files.publish(path .. protocol.mailbox.temporary, path .. protocol.mailbox.letter, bytes)
end

--- Takes an unread letter back. True if the bridge has not seen it and now never will.
function Mailbox:withdraw(name) return self.files.remove(join(self.inbox, name .. protocol.mailbox.letter)) == true end

--- Names of the events that wait, oldest first.
function Mailbox:waiting()
  local names = {}
  for _, name in ipairs(self.files.list(self.outbox)) do
    if name:sub(-#protocol.mailbox.letter) == protocol.mailbox.letter then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- The event `name`; nil and a sentence if it cannot be read.
function Mailbox:read(name)
  local bytes, fault = self.files.read(join(self.outbox, name))
  if not bytes then return nil, fault end
  local event
  event, fault = json.decode(bytes)
  if type(event) ~= "table" or type(event.event) ~= "string" then return nil, fault or "no event" end
  return event
end

--- Deletes an event that was handled.
function Mailbox:forget(name) self.files.remove(join(self.outbox, name)) end

return M
