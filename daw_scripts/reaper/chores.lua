--- Work that is too long for one tick: it runs a little at every tick, and REAPER stays quick.
--
-- A chore is a function that calls the `pause` it is given wherever it may be interrupted. When the tick's time is up,
-- `pause` returns at the next tick; pointers into a project may be dead by then.
local host = require("reaper.host")

local M = {}
local Chores = {}
Chores.__index = Chores

--- Chores go on until so many seconds of the tick have passed, letters and events included; a little they always get.
local BUDGET_SECONDS, LEAST_SECONDS = 0.0035, 0.0005

function M.new() return setmetatable({ list = {}, next = 1 }, Chores) end

--- Adds a chore. `work(pause, left)` is run; `left()` tells it the seconds that this tick still has. `ended(fault)` is
-- called when it is through, with the error and its place if it broke; `abandoned()` where REAPER ends the script
-- before.
function Chores:add(work, ended, abandoned)
  local function left() return self.until_when - host.now() end
  local function pause()
    if left() <= 0 then coroutine.yield() end
  end
  local function wait() coroutine.yield() end
  local thread = coroutine.create(function() work(pause, left, wait) end)
  self.list[#self.list + 1] = { thread = thread, ended = ended, abandoned = abandoned }
end

--- The script ends: chores let go of what they hold.
function Chores:abandon()
  local list = self.list
  self.list = {}
  for _, chore in ipairs(list) do
    if chore.abandoned then chore.abandoned() end
  end
end

function Chores:are_done() return #self.list == 0 end

--- One turn, in a tick that has begun at `began`: chores in turn, each until it pauses, while there is time.
function Chores:tick(began)
  self.until_when = math.max(began + BUDGET_SECONDS, host.now() + LEAST_SECONDS)
  for _ = 1, #self.list do
    if self.next > #self.list then self.next = 1 end
    local chore = self.list[self.next]
    local fine, fault = coroutine.resume(chore.thread)
    if coroutine.status(chore.thread) == "dead" then
      table.remove(self.list, self.next)
      chore.ended(not fine and debug.traceback(chore.thread, tostring(fault)) or nil)
    else
      self.next = self.next + 1
    end
    if host.now() >= self.until_when then return end
  end
end

return M
