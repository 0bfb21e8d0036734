--- A box like shared/mailbox.lua, but over OSC: letters leave as datagrams, events come as datagrams.
--
-- Datagrams get lost. Who posts repeats until an answer comes, and after DEAF_POSTS letters without any word the box
-- turns to the mailbox behind it: the same job id is one job, whichever way it came. The mailbox is always read too,
-- for events that lay there before.
local files_module = require("shared.files")
local json = require("shared.json")
local letter = require("shared.letter")
local osc = require("shared.osc")
local protocol = require("shared.protocol")

local M = {}
local Box = {}
Box.__index = Box

local PREFIX = protocol.osc.prefix
local MOST_DATAGRAMS = 64
local LONGEST_DATAGRAM = 1400
local DEAF_POSTS = 3
local MAILBOX_SECONDS = 1

--- `parts`: mailbox (see shared/mailbox.lua), client, files, folder (for letters too long to send), log(sentence),
-- fresh() (an id for an `ack`) and dial(host, port): a wire with `send(bytes)`, `receive()` → bytes or nil, and
-- `close()`; or nil and a reason.
function M.open(parts)
  local box = { is_quick = true, heard = {}, order = {}, count = 0, unanswered = 0, long = {}, next_look = 0 }
  for name, part in pairs(parts) do box[name] = part end
  for _, name in ipairs(box.files.list(box.folder)) do box.files.remove(files_module.join(box.folder, name)) end
  return setmetatable(box, Box)
end

--- Turns to the bridge of `connection` (as connection.json says it). True if it is another one than before, or the
-- first: it does not know yet where we are, so say hello.
function Box:aim(connection)
  if self.key == connection.key then return false end
  self:hang_up()
  self.key, self.unanswered = connection.key, 0
  local address = type(connection.osc) == "table" and connection.osc or {}
  local reason = "the bridge has no OSC door"
  if math.tointeger(address.port) then
    self.wire, reason = self.dial(tostring(address.host), math.tointeger(address.port))
  end
  if not self.wire then self.log("osc.closed reason=" .. tostring(reason)) end
  return self.wire ~= nil
end

function Box:hang_up()
  if self.wire then self.wire:close() end
  self.wire = nil
end

Box.close = Box.hang_up

--- Whether events come by OSC just now; if not, the mailbox carries everything.
function Box:is_live() return self.wire ~= nil and self.unanswered < DEAF_POSTS end

--- The datagram of `message`, or of the file that it is written to where it is too long; nil if it cannot be sent so.
local function datagram(box, word, message, key)
  local bytes = json.encode(message)
  if not bytes or #bytes > protocol.LARGEST then return nil end
  local short = osc.encode(PREFIX .. word, { key, box.client, bytes })
  if not short or #short <= LONGEST_DATAGRAM then return short end
  local path = files_module.join(box.folder, (message.job or message.id) .. "-" .. word)
  if not box.files.publish(path .. ".tmp", path .. ".json", bytes) then return nil end
  box.long[#box.long + 1] = { path = path .. ".json", about = message.job or message.id }
  return (osc.encode(PREFIX .. "file", { key, box.client, path .. ".json" }))
end

--- As Mailbox:post. What does not fit a datagram or a file goes the mailbox's way, which says why if it cannot.
function Box:post(name, message, key)
  if not self:is_live() then return self.mailbox:post(name, message, key) end
  local fine, fault = letter.check(message)
  if not fine then return nil, fault, true end
  local bytes = datagram(self, message.request, message, key)
  if not bytes then return self.mailbox:post(name, message, key) end
  self.unanswered = self.unanswered + 1
  return self.wire:send(bytes)
end

--- A datagram cannot be taken back.
function Box:withdraw(name) return self.mailbox:withdraw(name) end

local function event_of(box, message)
  local word = message.address:sub(1, #PREFIX) == PREFIX and message.address:sub(#PREFIX + 1)
  local first = message.values[1]
  if not word or type(first) ~= "string" then return nil end
  if word == "progress" then
    return { event = "progress", job = first, fraction = message.values[2], stage = message.values[3] }
  end
  local event = json.decode(word == "file" and (box.files.read(first) or "") or first)
  return type(event) == "table" and type(event.event) == "string" and event or nil
end

--- Letters that were too long lie on the disk until a word about them has come.
local function clear_long(box, event)
  for index = #box.long, 1, -1 do
    if box.long[index].about == event.job or box.long[index].about == event.id then
      box.files.remove(box.long[index].path)
      table.remove(box.long, index)
    end
  end
end

local function take_in(box, bytes)
  local messages, fault = osc.decode(bytes)
  if not messages then return box.log("osc.unreadable reason=" .. fault) end
  for _, message in ipairs(messages) do
    local event = event_of(box, message)
    if event then
      box.count = box.count + 1
      local name = string.format("osc-%012d", box.count)
      box.heard[name] = event
      box.order[#box.order + 1] = name
      box.unanswered = 0
      clear_long(box, event)
    else
      box.log("osc.unreadable address=" .. message.address:gsub("%c", "?"))
    end
  end
end

--- As Mailbox:waiting; never more than MOST_DATAGRAMS are fetched at once. `now` in seconds.
function Box:waiting(now)
  for _ = 1, self.wire and MOST_DATAGRAMS or 0 do
    local bytes = self.wire:receive()
    if not bytes then break end
    take_in(self, bytes)
  end
  local names = table.move(self.order, 1, #self.order, 1, {})
  if not self:is_live() or (now or 0) >= self.next_look then
    self.next_look = (now or 0) + MAILBOX_SECONDS
    for _, name in ipairs(self.mailbox:waiting()) do names[#names + 1] = name end
  end
  return names
end

--- As Mailbox:read.
function Box:read(name)
  if self.heard[name] then return self.heard[name] end
  return self.mailbox:read(name)
end

--- The event was handled: it is acknowledged, so that the bridge sends it no more.
function Box:forget(name)
  local event = self.heard[name]
  if not event then return self.mailbox:forget(name) end
  self.heard[name] = nil
  if self.order[1] == name then
    table.remove(self.order, 1)
  else
    for index, other in ipairs(self.order) do
      if other == name then table.remove(self.order, index) break end
    end
  end
  local seq = math.tointeger(event.seq) or 0
  if seq == 0 or not self.wire then return end
  local ack = json.encode({ request = "ack", id = self.fresh(), seq = seq })
  self.wire:send((osc.encode(PREFIX .. "ack", { self.key, self.client, ack })))
end

return M
