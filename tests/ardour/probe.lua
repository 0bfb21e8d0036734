ardour { ["type"] = "EditorAction", name = "Test: Probe", license = "Apache-2.0", author = "Dawbridge",
  description = [[For tests only: runs $DAWBRIDGE_PROBE/ask.lua inside Ardour; answer.txt is what it tells.]] }

function factory()
  return function()
    local folder = os.getenv("DAWBRIDGE_PROBE")
    local text = io.open(folder .. "/ask.lua")
    -- Pressed twice for one question.
    if not text then return end
    local question = text:read("a")
    text:close()
    os.remove(folder .. "/ask.lua")
    local lines = {}
    local function tell(...)
      local parts = {}
      for index = 1, select("#", ...) do parts[index] = tostring((select(index, ...))) end
      lines[#lines + 1] = table.concat(parts, "\t")
    end
    local chunk, fault = load(question)
    if chunk then
      local fine, broken = pcall(chunk, tell)
      fault = not fine and broken or nil
    end
    tell(fault and "FAULT" or "FINE", fault or "")
    local file = io.open(folder .. "/answer.part", "w")
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
    os.rename(folder .. "/answer.part", folder .. "/answer.txt")
  end
end
