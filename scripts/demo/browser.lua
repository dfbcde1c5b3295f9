-- A patient at the real page, as a browser without JavaScript: reads what is there, fills it in, sends, follows.
local html = require "html"
local clock = require "clock"

local browser = {}
local STEPS = 60

-- The first form but the one that asks for a call: that one stands beside the thanks.
local function form_of(page)
  for _, form in ipairs(html.forms(page)) do
    if not form.action:find "/call$" then return form end
  end
end

-- One page, redirects followed: { status, text, form }.
local function open(self, method, path, body)
  local redirected
  for _ = 1, 5 do
    local headers = { ["X-Forwarded-For"] = self.address }
    if body then headers["Content-Type"] = "application/x-www-form-urlencoded" end
    local status, page, got = self.client:ask(method, path, headers, body)
    if not status then return { status = 0, text = page } end
    if status ~= 302 and status ~= 303 then
      return { status = status, text = html.text(page), form = form_of(page), redirected = redirected }
    end
    method, path, body, redirected = "GET", got.location, nil, true
  end
  return { status = 0, text = "redirected in a circle" }
end

local function submit(self, form, filled)
  if form.method == "GET" then return open(self, "GET", form.action .. "?" .. html.encode(filled)) end
  return open(self, "POST", form.action, html.encode(filled))
end

local function item_of(field)
  local options = field.options
  local kind = field.kind
  if kind == "radio" or kind == "select" or kind == "checkbox" then
    local both = { yes = 0, no = 0 }
    for _, option in ipairs(options) do both[option] = 1 end
    kind = #options == 2 and both.yes == 1 and both.no == 1 and "yesno" or "choice"
    if kind == "choice" and not options[1]:find "[^%d-]" then -- a scale, drawn as buttons
      kind, field.min, field.max = "scale", tonumber(options[1]), tonumber(options[#options])
    end
  elseif kind == "textarea" then
    kind = "text"
  elseif kind ~= "date" then
    kind = "number"
  end
  return { id = field.name:gsub("^a_", ""), kind = kind, options = options, min = field.min, max = field.max,
           required = true }
end

local function fill(self, form)
  local filled = {}
  for _, field in ipairs(form.fields) do
    local value = field.value
    if field.name == "birth" then
      value = self.birth
    elseif field.name:find "^a_" then
      value = self.answer(item_of(field))
      if value == true then value = "yes" elseif value == false then value = "no" end
    end
    if value then filled[#filled + 1] = { field.name, value } end
  end
  local button = form.buttons[self.family and 2 or 1] or form.buttons[1]
  if button and button.name then filled[#filled + 1] = { button.name, button.value } end
  return filled
end

local function is_door(form)
  for _, field in ipairs(form.fields) do
    if field.name == "birth" then return true end
  end
end

local function verdict(page, sent)
  if page.status == 200 and not page.form then return sent and "answered" or "seen answered" end
  -- An older code leads to the newest question, and is closed itself: what was taken is told by the redirect.
  if page.status == 410 then return sent and page.redirected and "answered" or "closed" end
  if page.status == 429 then return "limited" end
  return "lost", page.status .. " " .. page.text:sub(1, 200)
end

-- visit = { client, path, address, births (those tried in turn), family, answer(item), wait(what), stop_after, twice }.
-- Gives answered, seen answered (by another), closed, limited, wrong, left, or lost and what was seen; and the last page's text.
function browser.walk(visit)
  local self = setmetatable({}, { __index = visit })
  local page, tried, screens = open(self, "GET", visit.path), 0, 0
  for _ = 1, STEPS do
    local form = page.form
    if not form or page.status == 410 or page.status == 429 then break end
    if is_door(form) then
      tried = tried + 1
      if not visit.births[tried] then return "wrong" end
      self.birth = visit.births[tried]
    else
      if visit.stop_after and screens >= visit.stop_after then return "left" end
      screens = screens + 1
    end
    visit.wait(is_door(form) and "door" or "screen")
    local filled = fill(self, form)
    page = submit(self, form, filled)
    self.sent = form.method == "POST" and not is_door(form)
    if visit.twice and not page.form then page = submit(self, form, filled) end -- an impatient thumb
  end
  local what, seen = verdict(page, self.sent)
  return what, seen, page.text
end

function browser.birth_of(person) return (person.birth:gsub("%D", "")) end

function browser.somebody(seed, now) return (clock.day(now - 19000 * 86400000 - seed * 86400000):gsub("%D", "")) end

return browser
