-- @description Dawbridge: Repaint time selection
-- @author Dawbridge
-- @about
--   Composes the selected range of an audio item anew, with a model that runs on this computer. The result comes back
--   as new takes at the exact sample; the original stays as it is. Needs the Dawbridge program (`dawbridge up`).
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local clip = require("reaper.clip")
local form = require("reaper.repaint_form")
local host = require("reaper.host")
local ids = require("shared.ids")
local selection = require("reaper.selection")
local session = require("reaper.session")
local spans = require("shared.span")
local text = require("shared.text")

local LANES_SINCE = 7
local METER_DENOMINATORS = { [1] = true, [2] = true, [4] = true, [8] = true, [16] = true }

--- What is to be repainted: item, clip, source, take, span, position; nil, the name of a sentence and its values.
local function subject(project)
  local picked, reason, values = selection.pick(project)
  if not picked then return nil, reason, values end
  local found, source, take = clip.reference(picked.item)
  if not found then return nil, source, take end
  local as_takes = host.version() < LANES_SINCE
  if as_takes and clip.is_wrapped(found) then return nil, "repeats_take", {} end
  if as_takes and host.item_number(picked.item, "C_LOCK") ~= 0 then return nil, "locked", {} end
  local span, position, skipped = spans.of_clip(found, picked.from, picked.to)
  if not span then return nil, position, {} end
  return { item = picked.item, take = take, source = source, span = span, position = position, skipped = skipped,
    as_takes = as_takes }
end

--- Tempo, meter and place in the bar where the span begins; what the protocol cannot hold is left out.
local function music(project, what)
  local rate = what.span.rate
  -- Half a sample on: a position that means "on the bar line" may lie a billionth of a second before it.
  local heard = host.music_at(project, what.position + 0.5 / rate)
  local fields = { since_bar = math.max(0, spans.samples(what.position - heard.bar_start, rate)) }
  if heard.bpm >= 20 and heard.bpm <= 400 then fields.bpm = heard.bpm end
  if heard.numerator <= 32 and METER_DENOMINATORS[heard.denominator] then
    fields.meter = string.format("%d/%d", heard.numerator, heard.denominator)
  end
  return fields
end

local function request(project, file, what, wishes)
  return {
    request = "repaint",
    job = ids.job("repaint", host.guid()),
    project = file ~= "" and host.media_folder(project) or nil,
    form = what.as_takes and "whole" or "region",
    source = { path = what.source.path },
    span = what.span,
    timeline = math.max(0, spans.samples(what.position, what.span.rate)),
    music = music(project, what),
    tags = wishes.tags, lyrics = wishes.lyrics, strength = wishes.strength, variants = wishes.variants,
    seed = wishes.seed,
  }
end

local function place(file, what)
  local length = (what.span["end"] - what.span.start) / what.span.rate
  local track = host.track_of(what.item)
  return {
    project_file = file,
    track = host.track_text(track, "GUID"), item = host.item_text(what.item, "GUID"),
    take = host.take_text(what.take, "GUID"),
    manner = what.as_takes and "takes" or "lanes",
    source = what.source.path, span = what.span, skipped = what.skipped, position = what.position,
    range = host.time_text(what.position) .. "–" .. host.time_text(what.position + length),
  }
end

--- Says once in a run of REAPER that an unsaved project has no folder for takes.
local function mention_unsaved(file)
  if file ~= "" or host.remembered("said_unsaved") ~= "" then return end
  host.remember("said_unsaved", "yes", false)
  host.tell(text.say("title"), text.say("unsaved"))
end

--- Asks and submits. Says why not, if not.
local function ask_and_submit(current)
  local project, file = host.project()
  local what, reason, values = subject(project)
  if not what then return host.tell(text.say("title"), text.say(reason, values)) end
  local fine, problem = current:find_bridge()
  if not fine then return host.tell(text.say("title"), text.problem(problem)) end
  mention_unsaved(file)
  local wishes = form.ask()
  if wishes then current:submit(request(project, file, what, wishes), place(file, what), project) end
end

local current = session.open("repaint")
ask_and_submit(current)
if current:has_work() then current:run() end
