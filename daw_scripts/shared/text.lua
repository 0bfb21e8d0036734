--- Every sentence that a musician reads. Values stand in braces; sentences are never glued together.
local protocol = require("shared.protocol")

local M = {}

M.english = {
  -- why a selection cannot be used, each with what to do
  nothing_selected = "Nothing is selected. Make a razor edit or a time selection over an item, or select an item, "
    .. "and run the action again.",
  several_areas = "There are {count} razor areas. Make one razor edit on one track and run the action again.",
  no_item = "No item lies in the selected range. Select the item that you want to repaint, or a range over it.",
  several_items = "{count} items lie in the selected range. Select just one of them; if they belong together, glue "
    .. "them first (Item: Glue items).",
  no_overlap = "The selected item does not reach into the selected range. Select a range over the item.",
  too_short = "The selected range is shorter than a tenth of a second. Select a longer one.",
  silent = "The item has no sound in the selected range. Select a range where its file plays.",
  repeats = "The item repeats its file inside the selected range. Glue the item first, or select a range inside one "
    .. "repetition.",
  repeats_take = "The item repeats its file, so a new take would change every repetition. Glue the item first.",
  empty = "The item is empty. Dawbridge repaints audio items.",
  midi = "The item holds MIDI. Render it to audio first (Item: Apply track/take FX to items).",
  video = "The item is a video or a project. Glue it to audio first.",
  offline = "The file of this item is not there: {path}. Connect its drive, or put the file back.",
  playrate = "The item plays at another speed than its file. Render or glue the item first.",
  pitch = "The item is transposed. Render or glue the item first.",
  channel_mode = "The item plays only some channels of its file. Render or glue the item first.",
  stretch_markers = "The item has stretch markers. Render or glue the item first.",
  take_fx = "The item has its own effects. Render or glue the item first.",
  take_envelopes = "The item has its own envelopes. Render or glue the item first.",
  reversed = "The item plays backwards. Render or glue the item first.",
  locked = "The item is locked. Unlock it, so that a take can be added to it.",
  -- asking; a comma would end a caption
  title = "Dawbridge: Repaint",
  ask_tags = "Style (tags; commas are fine)",
  ask_lyrics = "Lyrics ( | starts a new line)",
  ask_strength = "Strength 0 to 1 (1: all new)",
  ask_variants = "Variants 1 to 8",
  ask_seed = "Seed (empty: by chance)",
  bad_strength = "The strength must be a number from 0 to 1, such as 0.5; you wrote “{given}”.",
  bad_variants = "The number of variants must be 1 to 8; you wrote “{given}”.",
  bad_seed = "The seed must be a whole number from 0 to 9007199254740991, or empty; you wrote “{given}”.",
  long_tags = "The style has {count} characters; at most {most} are read.",
  long_lyrics = "The lyrics have {count} characters; at most {most} are read.",
  unsaved = "This project is not saved yet, so the takes will lie in Dawbridge's own data folder. Save the project "
    .. "first if you want them beside it. (This is said once.)",
  -- how a job is getting on
  sending = "handing over …",
  unanswered = "The bridge does not answer. Start it with `dawbridge up`; the job waits.",
  queued = "in the queue",
  queued_behind = "in the queue, {count} before it",
  engine_starting = "waiting for the engine to start",
  engine_down = "the engine is down; the job waits",
  running = "{stage}",
  rendering = "rendering",
  cancelling = "stopping …",
  cancelled = "stopped",
  wait_recording = "finished; laid in when the recording stops",
  wait_project = "finished; laid in when its project is open again",
  wait_tab = "finished; laid in when its project tab is in front",
  -- window
  job_title = "Repaint {range}",
  footer = "Runs on this computer; nothing is uploaded.",
  footer_cancel = "Esc stops the job. Closing this window does not.",
  footer_notice = "Close this window when you have read it.",
  -- results
  undo = "Dawbridge: repaint {range}",
  take_name = "Repaint {number}",
  take_name_tags = "Repaint {number} · {tags}",
  variants_track = "{track} – variants",
  unnamed_track = "Track {number}",
  lane = "Variant {number}",
  other_lane = "The new variants of {range} lie in lane {lane} of “{track}”; play that lane to hear them.",
  parked = "The track that the repaint of {range} was made for is gone. The take is kept: {path}",
  locked_parked = "The item that the repaint of {range} was made for is gone or locked. The take is kept: {path}",
  finished_before_cancel = "The repaint of {range} was finished before it could be stopped. It was not laid in; the "
    .. "take is kept: {path}",
  unreadable_take = "REAPER cannot read the finished take of {range}: {path}",
  landing_failed = "The finished take of {range} could not be laid in ({fault}). It is kept: {path}",
  script_fault = "The Dawbridge script met an error of its own and stopped. The jobs go on; run the action again to "
    .. "pick them up. Details: {path}",
}

--- The sentence `name` with `values` put in. Raises for an unknown name: a missing sentence is a slip of ours.
function M.say(name, values)
  local sentence = M.english[name] or error("no text named " .. tostring(name), 2)
  return (sentence:gsub("{(%l+)}", function(key) return tostring(values[key]) end))
end

--- What went wrong and what to do about it, as one text. A problem without a hint gets that of its code.
function M.problem(problem)
  local known = protocol.errors[problem.code]
  local hint = problem.hint or ""
  if hint == "" and known then hint = known.hint end
  return hint == "" and problem.message or problem.message .. "\n" .. hint
end

--- `text` cut to `most` characters, with … where something was cut. Never inside a character.
function M.shortened(text, most)
  if (utf8.len(text) or #text) <= most then return text end
  return text:sub(1, (utf8.offset(text, most) or most) - 1) .. "…"
end

return M
