--- The face of single actions: a small window that shows what goes on. It opens by itself when there is something to
--- say, and jobs go on when it is closed.
local host = require("reaper.host")
local remarks = require("reaper.remarks")
local status = require("reaper.status")
local text = require("shared.text")
local window = require("reaper.window")

local M = {}
local Face = {}
Face.__index = Face

local FOOTER_SECONDS, LOOK_SECONDS = 4, 0.5

local function messages(session)
  local list = {}
  for _, sentence in ipairs(session.notices) do list[#list + 1] = sentence end
  for _, job in ipairs(session.jobs:all()) do
    if status.has_ended(job) then list[#list + 1] = status.message(job) end
  end
  return list
end

--- The user has read what the window shows.
local function dismiss(session)
  session.notices = {}
  for _, job in ipairs(session.jobs:all()) do
    if status.has_ended(job) then session:dismiss(job.id) end
  end
end

function Face:hear(session, list)
  local heard = self.window:heard()
  if heard == "escape" and #list > 0 then dismiss(session) end
  if heard == "escape" and #list == 0 then session:cancel() end
  if heard == "space" then host.play_or_stop((host.project())) end
  if heard == "closed" then
    self.stays, self.wants_window = false, false
    dismiss(session)
  end
  return heard == "escape" or heard == "closed"
end

--- How the engine is, and what it remarked on the selected result.
function Face:state(session, now)
  if now >= (self.next_look or 0) then
    self.next_look = now + LOOK_SECONDS
    self.remarks = remarks.on_selected(session.landed, (host.project()))
  end
  local sentences = { session:engine_text(), text.say("no_jobs") }
  if #self.remarks > 0 then sentences[#sentences + 1] = "\n" .. text.say("remarks") end
  for _, remark in ipairs(self.remarks) do sentences[#sentences + 1] = remark end
  return table.concat(sentences, "\n")
end

function Face:draw(session, now)
  local list = messages(session)
  if session.wants_face then self.stays, session.wants_face = true, nil end
  if #list > (self.count or 0) or self.stays then self.wants_window = true end
  self.count = #list
  if self.wants_window then self.window:open() end
  if self:hear(session, list) then list = messages(session) end
  local rows, message = {}, #list > 0 and table.concat(list, "\n\n") or nil
  for _, row in ipairs(session:rows(now)) do
    if not row.has_ended then rows[#rows + 1] = row end
  end
  if self.stays and #rows == 0 and not message then message = self:state(session, now) end
  local turn = math.floor(now / FOOTER_SECONDS) % 2 == 0 and "footer" or "footer_cancel"
  local footer = #list > 0 and "footer_notice" or turn
  self.window:draw(rows, message, text.say(footer))
  return self.window.is_open and (#list > 0 or self.stays)
end

--- A face for Session:run. `stays`: it is open until the user closes it, even where nothing goes on. `is_shy`: it opens
-- only when there is something to say.
function M.new(stays, is_shy)
  local face = { window = window.new(text.say("title")), wants_window = not is_shy, stays = stays or false }
  setmetatable(face, Face)
  return {
    draw = function(session, now) return face:draw(session, now) end,
    close = function() face.window:close() end,
    is_keeper = false,
  }
end

return M
