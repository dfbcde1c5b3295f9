-- The simple types of api.lua: each a function, value → a plain copy, or nil and what it must
-- be. A third result, true, says that the message tells the value too.
local host, use = ...
local words = use "words.lua"

local function id(value)
  if type(value) == "string" and #value <= 64 and value:find "^[a-z][a-z0-9-]*$" and not value:find "%-%-"
    and value:sub(-1) ~= "-" then return value end
  return nil, "must be lower-case words with dashes, such as \"wound-check\""
end

local function plain(value)
  if type(value) ~= "string" or value == "" then return nil, "must be text" end
  if #value > 4000 then return nil, "must be text of 4,000 bytes at most" end
  if not utf8.len(value) then return nil, "must be UTF-8 text" end
  if value:find "[\0-\8\11-\31\127]" then return nil, "must be text without control characters" end
  return value
end

local function text(value)
  if type(value) == "string" then
    local good, why = plain(value)
    return good and { zh = good, en = good }, why
  end
  if type(value) ~= "table" then return nil, "must be text or { zh =, en = }" end
  for name in pairs(value) do
    if name ~= "zh" and name ~= "en" then return nil, "must be text or { zh =, en = }: " .. words.show(name) .. " is neither" end
  end
  local zh = plain(value.zh)
  if not zh then return nil, "must have Chinese text: zh = …" end
  if value.en ~= nil and not plain(value.en) then return nil, "must have text as en" end
  return { zh = zh, en = value.en }
end

local function of(kind, message)
  return function(value)
    if type(value) == kind then return value end
    return nil, message
  end
end

local function pattern(form, message)
  return function(value)
    if type(value) == "string" and value:find(form) then return value end
    return nil, message
  end
end

-- Asks the host, whose message says the value too; the third result marks that.
local function ask(parse, example)
  return function(value)
    if type(value) ~= "string" then return nil, "must be " .. example end
    local good, why = parse(value)
    if good then return value end
    return nil, why, true
  end
end

local hours = ask(host.hours, "hours, such as \"07:30-21:30\"")

local function weekly(value)
  if type(value) ~= "table" or next(value) == nil then
    return nil, "must be days with hours, such as { [\"mon-fri\"] = \"08:00-17:30\" }"
  end
  local out, seen = {}, 0
  for name, range in pairs(value) do
    local days, why = nil, words.show(name) .. " is no day"
    if type(name) == "string" then days, why = host.weekdays(name) end
    if not days then return nil, why, true end
    if seen & days ~= 0 then return nil, words.quote(name) .. " names a day that another line names too", true end
    seen = seen | days
    local good, wrong, whole = hours(range)
    if not good then return nil, wrong, whole end
    out[name] = good
  end
  return out
end

local simple = {
  id = id, word = id, text = text, string = plain, hours = hours, weekly = weekly,
  span = ask(host.span, "a time, such as \"24h\""), zone = ask(host.zone, "a zone, such as \"Asia/Shanghai\""),
  boolean = of("boolean", "must be true or false"),
  field = pattern("^[a-z][a-z0-9_]*$", "must be a lower-case name, such as \"temp\" or \"left_knee\""),
  url = pattern("^https://[%w%.%-]+[%w%-%._~:/?#@!$&()*+,;=%%]*$", "must be an address, such as \"https://h.example.cn/ask\""),
  color = pattern("^#%x%x%x%x%x%x$", "must be a colour, such as \"#1f6f8b\""),
}

function simple.names(value)                      -- one file or several
  if type(value) == "string" then return { value } end
  if type(value) ~= "table" or #value == 0 then return nil, "must be the name of a list, or a list of names" end
  for _, name in ipairs(value) do
    if type(name) ~= "string" then return nil, "must be a list of names" end
  end
  return table.move(value, 1, #value, 1, {})
end

function simple.number(value)
  if type(value) == "number" and value == value and math.abs(value) < 1e15 then return value end
  return nil, "must be a number"
end

function simple.count(value)
  if math.type(value) == "integer" and value > 0 and value <= 1000000 then return value end
  return nil, "must be a whole number above 0"
end

simple["function"] = function(value)
  if type(value) == "function" then return true end
  return nil, "must be a function"
end

function simple.times(value)                      -- what they mean is checked with the whole step
  if type(value) == "string" then return value end
  return nil, "must be a time, such as \"24h\" or \"3d 10:00\""
end

-- Variables of a provider's template: { "patient.title", "code" }, or { name = "patient.title" }.
function simple.params(value)
  if type(value) ~= "table" or next(value) == nil then return nil, "must be a list of placeholders, or name → placeholder" end
  local out = {}
  for name, word in pairs(value) do
    local good = value[1] and math.type(name) == "integer" and name >= 1 and name <= #value
      or not value[1] and type(name) == "string" and name:find "^[%w_]+$"
    if not good then return nil, "must be a list, or names of letters, digits and _ → placeholder" end
    if type(word) ~= "string" or not word:find "^[%w_.]+$" then return nil, "must name placeholders, such as \"patient.title\"" end
    out[name] = word
  end
  return out
end

return simple
