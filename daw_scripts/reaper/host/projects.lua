--- Projects and their tabs: where they lie, at which rate they run, and whether they can be changed now.
local M = {}

local SECTION = "Dawbridge"

function M.project()
  local project, file = reaper.EnumProjects(-1)
  return project, file
end

--- All open tabs as `{project, file}`; `file` is "" while a project is unsaved.
function M.tabs()
  local tabs = {}
  while true do
    local project, file = reaper.EnumProjects(#tabs)
    if not project then return tabs end
    tabs[#tabs + 1] = { project = project, file = file }
  end
end

function M.is_open(project) return reaper.ValidatePtr2(0, project, "ReaProject*") end

--- Where the project keeps its recordings; REAPER's default place while it is unsaved.
function M.media_folder(project) return reaper.GetProjectPathEx(project) end

--- [U recording] GetPlayState speaks of the tab in front; recording goes on in no other.
function M.is_recording() return reaper.GetPlayState() & 4 == 4 end

--- [U read-only] a project that was opened read-only says so here, in 7.x; older versions know nothing of it.
function M.is_read_only(project) return reaper.GetSetProjectInfo(project, "READONLY", 0, false) ~= 0 end

--- Samples a second at which the project runs: its own rate if it insists on one, else that of the device, else (device
-- closed) what REAPER counts in the ruler.
function M.project_rate(project)
  if reaper.GetSetProjectInfo(project, "PROJECT_SRATE_USE", 0, false) ~= 0 then
    return math.tointeger(reaper.GetSetProjectInfo(project, "PROJECT_SRATE", 0, false))
  end
  local fine, rate = reaper.GetAudioDeviceInfo("SRATE")
  rate = fine and tonumber(rate) or nil
  if not rate then
    -- [U ruler-rate] mode 4 counts samples, with the start offset, which is taken off before it is put on.
    rate = tonumber((reaper.format_timestr_pos(1 - reaper.GetProjectTimeOffset(project, false), "", 4)))
  end
  return math.tointeger(math.floor((rate or 48000) + 0.5))
end

--- The project's own notes, as the user typed them.
function M.project_notes(project) return reaper.GetSetProjectNotes(project, false, "") or "" end

--- One text of ours that is saved with the project; "" if there is none.
function M.project_text(project, key)
  local _, found = reaper.GetProjExtState(project, SECTION, key)
  return found
end

--- "0:32.500" as the ruler's minutes and seconds, with the project's start offset, for eyes only.
function M.time_text(t) return reaper.format_timestr_pos(t, "", 0) end

return M
