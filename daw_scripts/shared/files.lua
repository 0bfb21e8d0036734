--- Whole files, read and written in one go. The host adds `list(folder)`, which stock Lua does not have.
local M = {}

--- `folder` and `name` joined with the separator that `folder` already uses.
function M.join(folder, name)
  if folder:find("[/\\]$") then return folder .. name end
  local separator = folder:find("\\", 1, true) and not folder:find("/", 1, true) and "\\" or "/"
  return folder .. separator .. name
end

--- The file's bytes; nil and a reason if it cannot be read. [U windows-paths] io.open and os.rename take UTF-8 there.
function M.read(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local bytes
  bytes, reason = file:read("a")
  file:close()
  return bytes, reason
end

--- Appends `line` with the time (UTC); a log that cannot be written is no reason to fail.
function M.note(path, line)
  local file = io.open(path, "a")
  if not file then return end
  file:write(os.date("!%Y-%m-%dT%H:%M:%SZ "), line, "\n")
  file:close()
end

function M.remove(path) return os.remove(path) end

--- Writes `bytes` under `temporary`, then renames: a reader of `final` sees all of it or nothing.
-- Returns true; nil and a reason if the disk is full or the folder is gone.
function M.publish(temporary, final, bytes)
  local file, reason = io.open(temporary, "wb")
  if not file then return nil, reason end
  local written, fault = file:write(bytes)
  local closed, late_fault = file:close()
  if not (written and closed) then
    os.remove(temporary)
    return nil, fault or late_fault
  end
  return os.rename(temporary, final)
end

return M
