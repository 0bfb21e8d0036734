--- How a page is opened in the user's browser, where a host has no call of its own for that.
local M = {}

--- Whether `address` is that of a page, and nothing that a system would understand in another way.
function M.is_page(address)
  return type(address) == "string" and #address < 2000 and address:find("^https?://[%w%.%-:%[%]]+/[%w%p]*$") ~= nil
    and not address:find("[\"'`\\<>|^]")
end

--- The words of the command that opens `address` on `system` ("windows", "macos" or "linux"); nil if it is no page.
function M.command(system, address)
  if not M.is_page(address) then return nil end
  if system == "windows" then return { "rundll32.exe", "url.dll,FileProtocolHandler", address } end
  -- `env` looks the program up: a host may start only what it has the path of.
  return { "/usr/bin/env", system == "macos" and "open" or "xdg-open", address }
end

return M
