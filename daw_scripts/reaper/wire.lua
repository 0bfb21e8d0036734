--- How a script talks to the bridge: over Lua sockets where the musician has them, and always by the mailbox too.
local host = require("reaper.host")
local ids = require("shared.ids")
local osc_box = require("shared.osc_box")
local sockets = require("reaper.sockets")

local M = {}

--- What takes the mailbox's place in the courier of `client`; nil where letters go by mailbox only, and why.
function M.around(client)
  local core, reason = sockets.load()
  if not core then
    host.log("sockets.absent reason=" .. reason)
    return nil, reason
  end
  return function(mailbox)
    return osc_box.open({
      mailbox = mailbox, client = client, files = host.files, folder = host.own_folder("letters-" .. client),
      log = host.log,
      fresh = function() return client .. "-" .. ids.digits(host.guid()) end,
      dial = function(address, port) return sockets.dial(core, address, port) end,
    })
  end
end

return M
