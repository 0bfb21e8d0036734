ardour {
  ["type"] = "EditorHook", name = "Dawbridge: Watcher", license = "Apache-2.0", author = "Dawbridge",
  description = [[Lays finished takes in, and carries messages between Ardour and Dawbridge while a session is open.]]
}

-- [U hook-signals] these names are 7.3's.
function signals()
  return LuaSignal.Set():add({
    [LuaSignal.LuaTimerDS] = true, [LuaSignal.StateSaved] = true, [LuaSignal.SessionClose] = true
  })
end

function factory()
  -- @modules
  local watch
  local function run(signal)
    if not require("ardour.host.program").may_use_files() then return end
    watch = watch or require("ardour.watch").new()
    if signal == LuaSignal.StateSaved then
      watch:saved()
    elseif signal == LuaSignal.SessionClose then
      watch:closed()
    else
      watch:tick()
    end
  end
  return function(signal)
    local fine, fault = pcall(run, signal)
    if not fine then require("ardour.host.program").last_words("watcher", fault) end
  end
end
