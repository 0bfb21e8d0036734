--- The jobs: what each does, how far it is, and buttons to stop it or try it again.
local text = require("shared.text")

local M = {}

local function row(gui, context, desk, job)
  gui.Text(context, job.title)
  gui.TextWrapped(context, job.status)
  if job.fraction then
    gui.ProgressBar(context, job.fraction, -110, 0, string.format("%d %%", math.floor(job.fraction * 100)))
  end
  if job.can_cancel then
    if job.fraction then gui.SameLine(context) end
    if gui.Button(context, text.say("panel_cancel")) then desk:cancel(job.id) end
  end
  if job.can_retry then
    if gui.Button(context, text.say("panel_retry")) then desk:retry(job.id) end
    gui.SameLine(context)
  end
  if job.has_ended and gui.Button(context, text.say("panel_dismiss")) then desk:dismiss(job.id) end
end

--- Draws the jobs of `desk`; nothing where there are none.
function M.draw(gui, context, desk)
  local jobs = desk:jobs()
  if #jobs == 0 then return end
  gui.SeparatorText(context, text.say("panel_jobs"))
  for _, job in ipairs(jobs) do
    gui.PushID(context, job.id)
    row(gui, context, desk, job)
    gui.PopID(context)
  end
end

return M
