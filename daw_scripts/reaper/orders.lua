--- Which script speaks for REAPER, and how the others tell it what to do.
--
-- Every action and the panel are scripts of their own. One of them runs the loop: talks to the bridge, listens, lays
-- in. It says so in a text that all scripts of this run of REAPER can read; the others leave it their orders there and
-- end. All scripts run on one thread, one after the other, so nobody reads a half-written text.
local host = require("reaper.host")
local json = require("shared.json")

local M = {}
local Voice = {}
Voice.__index = Voice

local LOOP, ORDERS = "loop", "orders"
--- A loop that has not been heard of for so long has died with its script.
local SILENCE_SECONDS = 3
local BEAT_SECONDS = 0.5

--- The voice of this script.
function M.voice() return setmetatable({ token = host.guid(), next_beat = 0 }, Voice) end

local function heard()
  local token, beat = host.remembered(LOOP):match("^(%S+) (%S+)$")
  return token, tonumber(beat)
end

--- Whether another script runs the loop.
function Voice:another_speaks()
  local token, beat = heard()
  return token ~= nil and token ~= self.token and math.abs(host.now() - beat) < SILENCE_SECONDS
end

--- From now on this script runs the loop, whoever did before.
function Voice:speak()
  self.next_beat = 0
  self:beat(host.now())
end

--- Says that the loop goes on; called at every tick.
function Voice:beat(now)
  if now < self.next_beat then return end
  self.next_beat = now + BEAT_SECONDS
  host.remember(LOOP, self.token .. " " .. string.format("%.3f", now), false)
end

--- Whether this script still runs the loop: another one may have taken over.
function Voice:speaks() return (heard()) == self.token end

--- Ends the loop.
function Voice:stop()
  if self:speaks() then host.remember(LOOP, "", false) end
end

--- Leaves an order for the script that runs the loop, or will run it:
--   {order = "job", id}                     a new job lies in the store
--   {order = "cancel", id}                  stop it ("" for the newest)
--   {order = "ask", message}                ask the bridge
--   {order = "notice", sentence}            tell the user
--   {order = "show"}                        open the window
function M.give(order)
  local line = json.encode(order)
  host.remember(ORDERS, host.remembered(ORDERS) .. line .. "\n", false)
end

function M.are_waiting() return host.remembered(ORDERS) ~= "" end

--- All orders, oldest first; they are gone then.
function M.take()
  local lines = host.remembered(ORDERS)
  if lines == "" then return {} end
  host.remember(ORDERS, "", false)
  local found = {}
  for line in lines:gmatch("[^\n]+") do
    local order = json.decode(line)
    if type(order) == "table" then found[#found + 1] = order end
  end
  return found
end

return M
