--- How a script starts a bridge that is not running: with the command in start.json, in Dawbridge's home folder.
local files_module = require("shared.files")
local json = require("shared.json")
local text = require("shared.text")

local M = {}

local QUOTES = { '"', "'", "`" }

--- The words of the command, e.g. `{"/usr/bin/python3", "-m", …}`; nil and a sentence if nobody has written one down or
-- it cannot be understood. `files` as in shared/mailbox.lua.
function M.command(files, home)
  local bytes = files.read(files_module.join(home, "start.json"))
  if not bytes then return nil, text.say("no_start_file") end
  local found = json.decode(bytes)
  local command = type(found) == "table" and found.version == 1 and found.command
  if type(command) ~= "table" or #command == 0 then return nil, text.say("bad_start_file", { path = home }) end
  local words = {}
  for index, word in ipairs(command) do
    if type(word) ~= "string" or word == "" or word:find("[%z\r\n]") then
      return nil, text.say("bad_start_file", { path = home })
    end
    words[index] = word
  end
  return words
end

--- `words` as one line for a host that splits it at spaces, knows three kinds of quotes and has no escape character:
-- each word stands in quotes that it does not contain. nil and a sentence where a word contains all three.
function M.line(words)
  local quoted = {}
  for index, word in ipairs(words) do
    for _, quote in ipairs(QUOTES) do
      if not word:find(quote, 1, true) then
        quoted[index] = quote .. word .. quote
        break
      end
    end
    if not quoted[index] then return nil, text.say("start_by_hand", { word = word }) end
  end
  return table.concat(quoted, " ")
end

return M
