--- The small progress window, drawn with REAPER's built-in `gfx`: nothing to install, nothing that stops REAPER.
local M = {}
local Window = {}
Window.__index = Window

local WIDTH, HEIGHT, MARGIN = 460, 190, 14
local ROW, BAR_HEIGHT, LINE = 52, 8, 18
local MOST_ROWS = 3
local FONT, FONT_SIZE = "Arial", 14
local CLOSED, ESCAPE, SPACE = -1, 27, 32
local BACK, INK, FAINT, ACCENT = { 0.16, 0.16, 0.17 }, { 0.92, 0.92, 0.92 }, { 0.6, 0.6, 0.6 }, { 0.28, 0.65, 0.55 }

function M.new(title) return setmetatable({ title = title, is_open = false }, Window) end

function Window:open()
  if self.is_open then return end
  gfx.init(self.title, WIDTH, HEIGHT, 0)
  gfx.setfont(1, FONT, FONT_SIZE)
  self.is_open, self.height = true, HEIGHT
end

function Window:close()
  if self.is_open then gfx.quit() end
  self.is_open = false
end

--- What the user did in the window since the last tick: "closed", "escape", "space" or nil.
function Window:heard()
  if not self.is_open then return nil end
  local char = gfx.getchar()
  if char == CLOSED then
    self.is_open = false
    return "closed"
  end
  return char == ESCAPE and "escape" or char == SPACE and "space" or nil
end

local function colour(rgb) gfx.set(rgb[1], rgb[2], rgb[3], 1) end

local function write(line, x, y)
  gfx.x, gfx.y = x, y
  gfx.drawstr(line)
end

local function fits(line) return gfx.measurestr(line) <= WIDTH - 2 * MARGIN end

--- Takes from `lines` to full lines what a word is too long for, such as a path; returns the rest of it.
local function without_full_lines(word, lines)
  while not fits(word) do
    local count = utf8.len(word) or 1
    while count > 1 and not fits(word:sub(1, utf8.offset(word, count + 1) - 1)) do count = count - 1 end
    if count == utf8.len(word) or not utf8.len(word) then break end
    lines[#lines + 1] = word:sub(1, utf8.offset(word, count + 1) - 1)
    word = word:sub(utf8.offset(word, count + 1))
  end
  return word
end

--- Breaks `message` between words, and long words in themselves, so that each line fits into the window.
local function wrapped(message)
  local lines = {}
  for paragraph in (message .. "\n"):gmatch("(.-)\n") do
    local line = ""
    for word in paragraph:gmatch("%S+") do
      local longer = line == "" and word or line .. " " .. word
      if line ~= "" and not fits(longer) then
        lines[#lines + 1] = line
        longer = word
      end
      line = without_full_lines(longer, lines)
    end
    lines[#lines + 1] = line
  end
  return lines
end

--- `message` as lines; measured only where it is another one than at the last tick.
function Window:lines(message)
  if self.message ~= message then self.message, self.broken = message, wrapped(message) end
  return self.broken
end

local function draw_bar(fraction, y)
  local width = WIDTH - 2 * MARGIN
  colour(FAINT)
  gfx.rect(MARGIN, y, width, BAR_HEIGHT, 0)
  colour(ACCENT)
  gfx.rect(MARGIN, y, math.floor(width * math.max(0, math.min(fraction, 1))), BAR_HEIGHT, 1)
end

local function draw_row(row, y)
  colour(INK)
  write(row.title, MARGIN, y)
  colour(FAINT)
  write(row.status, MARGIN + 170, y)
  if row.fraction then draw_bar(row.fraction, y + LINE + 4) end
end

--- Makes the window high enough for `count` lines above its footer. [U window-size] an empty title changes the size of
-- a window that is open.
function Window:fit(count)
  local height = math.max(HEIGHT, 2 * MARGIN + (count + 2) * LINE)
  if height ~= self.height then gfx.init("", WIDTH, height, 0) end
  self.height = height
end

--- Shows the newest `rows` ({title, status, fraction or nil}), or `message` in their place, above the line `footer`.
function Window:draw(rows, message, footer)
  if not self.is_open then return end
  local lines = message and self:lines(message) or {}
  self:fit(#lines)
  colour(BACK)
  gfx.rect(0, 0, WIDTH, self.height, 1)
  if message then
    colour(INK)
    for index, line in ipairs(lines) do write(line, MARGIN, MARGIN + (index - 1) * LINE) end
  else
    local first = math.max(1, #rows - MOST_ROWS + 1)
    for index = first, #rows do draw_row(rows[index], MARGIN + (index - first) * ROW) end
  end
  colour(FAINT)
  write(footer, MARGIN, self.height - MARGIN - LINE)
  gfx.update()
end

return M
