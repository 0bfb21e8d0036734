--- Opens the panel, or says what is missing for it. All verbs work as single actions without it.
local desk = require("reaper.panel.desk")
local drafts = require("reaper.panel.drafts")
local extensions = require("reaper.host.extensions")
local host = require("reaper.host")
local session = require("reaper.session")
local text = require("shared.text")
local view = require("reaper.panel.view")

text.add(require("reaper.panel.texts"))

local M = {}

--- Says which package is missing or too old, and opens ReaPack's list at it where there is a ReaPack.
local function complain(fault)
  local values = { package = extensions.IMGUI_PACKAGE, version = extensions.IMGUI, fault = fault }
  local name = fault and "panel_old" or extensions.has_reapack() and "panel_missing" or "panel_no_reapack"
  host.tell(text.say("panel_title"), text.say(name, values))
  extensions.browse_imgui()
end

--- A face for Session:run that keeps the loop, so that jobs go on and results land while the panel is open.
local function face(shown, front)
  return {
    is_keeper = true,
    close = function() front.drafts:keep() end,
    draw = function(current)
      if current.is_broken then shown:give_up(table.concat(current.notices, "\n")) end
      local stays = shown:draw()
      shown.fault = front:after_frame() or shown.fault
      return stays
    end,
  }
end

function M.run()
  local gui, fault = extensions.imgui()
  if not gui then return complain(fault) end
  local current, typed = session.open(), drafts.open()
  local front = desk.new(current, typed)
  current:run(face(view.new(gui, front, typed), front))
end

return M
