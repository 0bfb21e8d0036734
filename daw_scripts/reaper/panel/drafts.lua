--- What the user has typed into the panel: the same words are there at the next verb, and at the next start.
--
-- They lie in a file: lyrics are too long for REAPER's settings.
local host = require("reaper.host")
local json = require("shared.json")
local store = require("shared.store")
local wishes = require("shared.wishes")

local M = {}
local Drafts = {}
Drafts.__index = Drafts

local NAME = "drafts"
local SEPARATOR = "\n---\n"
local MOST_VERSIONS = 6

local function texts_in(found, fallback)
  local texts = {}
  for name, value in pairs(type(found) == "table" and found or {}) do
    if type(name) == "string" and type(value) == "string" then texts[name] = value end
  end
  return next(texts) and texts or fallback
end

local function lists_in(found, read)
  local list = {}
  for _, value in ipairs(type(found) == "table" and found or {}) do list[#list + 1] = read(value) end
  return list
end

local function text_in(value) return type(value) == "string" and value or nil end

local function lora_in(value)
  if type(value) ~= "table" or type(value.path) ~= "string" then return nil end
  return { path = value.path, weight = type(value.weight) == "number" and value.weight or 1.0 }
end

--- The drafts of the last time. What cannot be understood is as if nothing had been typed.
function M.open()
  local shelf = store.open(host.files, host.own_folder("panel"))
  local kept = shelf:read(NAME) or {}
  local drafts = { shelf = shelf, answers = texts_in(kept.answers, {}), settings = texts_in(kept.settings, {}) }
  drafts.versions, drafts.loras = lists_in(kept.versions, text_in), lists_in(kept.loras, lora_in)
  drafts.verb = type(kept.verb) == "string" and kept.verb or "repaint"
  if #drafts.versions == 0 then drafts.versions[1] = "" end
  return setmetatable(drafts, Drafts)
end

--- Remembers them; what is new every time (the seed) is left out.
function Drafts:keep()
  local answers = {}
  for name, text in pairs(self.answers) do
    if not wishes.fields[name].is_forgotten then answers[name] = text end
  end
  local done, fault = self.shelf:save({
    id = NAME, answers = json.object(answers), settings = json.object(texts_in(self.settings, {})),
    versions = json.list(self.versions), loras = json.list(self.loras), verb = self.verb,
  })
  if not done then host.log("drafts.failed reason=" .. tostring(fault)) end
end

--- What stands in `field`.
function Drafts:get(field) return self.answers[field] or wishes.default(field) end

function Drafts:set(field, text) self.answers[field] = text end

function Drafts:add_version()
  if #self.versions < MOST_VERSIONS then self.versions[#self.versions + 1] = self.versions[#self.versions] end
end

function Drafts:can_add_version() return #self.versions < MOST_VERSIONS end

function Drafts:drop_version()
  if #self.versions > 1 then table.remove(self.versions) end
end

--- The answers in `fields` for `verb`, as shared/wishes.lua reads them: for an edit all versions of the lyrics.
function Drafts:answers_for(verb, fields)
  local answers = {}
  for _, field in ipairs(fields) do answers[field] = self:get(field) end
  if answers.lyrics then
    answers.lyrics = verb.id == "edit" and table.concat(self.versions, SEPARATOR) or self.versions[1]
  end
  return answers
end

return M
