--- What is asked and told, with Ardour's own dialogs. While one is open Ardour goes on: its timers run.
local program = require("ardour.host.program")

local M = {}

--- Tells something that needs no answer.
function M.tell(title, message)
  program.log("told " .. message:gsub("%s+", " "))
  LuaDialog.Message(title, message, LuaDialog.MessageType.Info, LuaDialog.ButtonType.Close):run()
  collectgarbage()
end

--- True if the user agrees.
function M.agree(title, question)
  program.log("asked " .. question)
  local answer = LuaDialog.Message(title, question, LuaDialog.MessageType.Question, LuaDialog.ButtonType.Yes_No):run()
  collectgarbage()
  return answer == LuaDialog.Response.Yes
end

local control = {}

function control.line(field)
  return { type = "entry", key = field.key, title = field.title, default = field.value }
end

function control.choice(field)
  local values = {}
  for _, choice in ipairs(field.choices) do values[choice.title] = choice.value end
  local first = field.choices[1]
  for _, choice in ipairs(field.choices) do
    if choice.value == field.value then first = choice end
  end
  return { type = "dropdown", key = field.key, title = field.title, values = values, default = first.title }
end

function control.tick(field)
  return { type = "checkbox", key = field.key, title = field.title, default = field.value == "yes" }
end

function control.file(field)
  return { type = "file", key = field.key, title = field.title, path = field.value }
end

function control.number(field)
  return {
    type = "number", key = field.key, title = field.title, min = field.least, max = field.most, step = field.step,
    digits = field.digits, default = tonumber(field.value) or field.least,
  }
end

function control.note(field)
  return { type = "label", title = field.title, align = "left", colspan = 2 }
end

local read = {}

function read.tick(answer) return answer and "yes" or "no" end

--- Nothing is chosen where there is no path, or only a folder's.
function read.file(answer) return type(answer) == "string" and not answer:find("[/\\]$") and answer or "" end

function read.number(answer, field) return string.format("%." .. field.digits .. "f", answer) end

--- Shows a form. Each field has `kind` (line, choice, tick, number, file, note), `title`, and but for a note a `key`
-- and the text `value` that it shows; a choice has `choices` of `{title, value}`, a number `least, most, step, digits`.
-- Returns key → text; nil if the user thought better of it.
function M.ask(title, fields)
  local rows = {}
  for index, field in ipairs(fields) do rows[index] = control[field.kind](field) end
  local found = LuaDialog.Dialog(title, rows):run()
  collectgarbage()
  if not found then return nil end
  local answers = {}
  for _, field in ipairs(fields) do
    if field.key then
      local answer = found[field.key]
      answers[field.key] = read[field.kind] and read[field.kind](answer, field) or answer
    end
  end
  return answers
end

return M
