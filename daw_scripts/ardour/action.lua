ardour {
  ["type"] = "EditorAction", name = "Dawbridge: @TITLE@", license = "Apache-2.0", author = "Dawbridge",
  description = [[@ABOUT@]]
}

function factory()
  -- @modules
  -- Modules are read at the first press of the key, not when Ardour starts.
  return function()
    local fine, fault = pcall(function() require("ardour.act").run("@VERB@") end)
    if not fine then require("ardour.host.program").last_words("@VERB@", fault) end
  end
end
