--- REAPER's own dialogs. They stop REAPER until they are answered, so they come only before the loop has begun.
local M = {}

-- [U separator] answers and defaults of GetUserInputs are separated by it; a newline cannot be typed into a field.
local ASK_SEPARATOR = "\n"
local ASK_WIDTH = 320
local OK, YES_NO, YES_NO_CANCEL = 0, 4, 3
local YES, NO = 6, 7
local PLAY_STOP = 40044

function M.tell(title, message) reaper.MB(message, title, OK) end

--- True for yes.
function M.confirm(title, question) return reaper.MB(question, title, YES_NO) == YES end

--- "yes", "no", or nil where the user thought better of it.
function M.decide(title, question)
  local answer = reaper.MB(question, title, YES_NO_CANCEL)
  return answer == YES and "yes" or answer == NO and "no" or nil
end

--- Asks for one line per caption. Returns the answers as a list; nil if the user thought better of it.
function M.ask(title, captions, defaults)
  local specification = table.concat(captions, ",") .. ",extrawidth=" .. ASK_WIDTH .. ",separator=" .. ASK_SEPARATOR
  local fine, line = reaper.GetUserInputs(title, #captions, specification, table.concat(defaults, ASK_SEPARATOR))
  if not fine then return nil end
  local answers = {}
  for answer in (line .. ASK_SEPARATOR):gmatch("(.-)" .. ASK_SEPARATOR) do answers[#answers + 1] = answer end
  return answers
end

--- [U window-keys] the gfx window takes the keyboard when it opens, so the space bar is handed on.
function M.play_or_stop(project) reaper.Main_OnCommandEx(PLAY_STOP, 0, project) end

return M
