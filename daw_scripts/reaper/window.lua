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
  self.is_open = true
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

--- Breaks `message` between words so that each line fits into the window.
local function wrapped(message)
  local lines = {}
  for paragraph in (message .. "\n"):gmatch("(.-)\n") do
    local line = ""
    for word in paragraph:gmatch("%S+") do
      local longer = line == "" and word or line .. " " .. word
      if line ~= "" and gfx.measurestr(longer) > WIDTH - 2 * MARGIN then
        lines[#lines + 1] = line
        longer = word
      end
      line = longer
    end
    lines[#lines + 1] = line
  end
  return lines
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

--- Shows the newest `rows` ({title, status, fraction or nil}), or `message` in their place, above the line `footer`.
function Window:draw(rows, message, footer)
  if not self.is_open then return end
  colour(BACK)
  gfx.rect(0, 0, WIDTH, HEIGHT, 1)
  if message then
    colour(INK)
    for index, line in ipairs(wrapped(message)) do write(line, MARGIN, MARGIN + (index - 1) * LINE) end
  else
    local first = math.max(1, #rows - MOST_ROWS + 1)
    for index = first, #rows do draw_row(rows[index], MARGIN + (index - first) * ROW) end
  end
  colour(FAINT)
  write(footer, MARGIN, HEIGHT - MARGIN - LINE)
  gfx.update()
end

return M
