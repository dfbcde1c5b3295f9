-- The first form of a page, read as forgivingly as a browser would: fields(html) needs no well-formed page.
local html = {}

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'", nbsp = " " }

local function decode(text)
  text = text:gsub("&#x(%x+);", function(hex) return utf8.char(tonumber(hex, 16)) end)
  text = text:gsub("&#(%d+);", function(number) return utf8.char(tonumber(number)) end)
  return (text:gsub("&(%a+);", ENTITIES))
end

local function attributes(tag)
  local out = {}
  tag = tag:gsub("^%S+", "", 1)
  tag = tag:gsub("([%w_:-]+)%s*=%s*([\"'])(.-)%2", function(name, _, value)
    out[name:lower()] = decode(value)
    return " "
  end)
  tag = tag:gsub("([%w_:-]+)%s*=%s*([^%s\"'>]+)", function(name, value)
    out[name:lower()] = decode(value)
    return " "
  end)
  for name in tag:gmatch "[%w_:-]+" do out[name:lower()] = out[name:lower()] or "" end
  return out
end

-- What a reader sees, on one line.
function html.text(page)
  local text = page:gsub("<[sS][tTcC][yYrR].-</%s*[sS][tTcC][^>]*>", " "):gsub("<[^>]*>", " ")
  return (decode(text):gsub("%s+", " "):match "^%s*(.-)%s*$")
end

local function add_choice(fields, by_name, tag, kind)
  local name = tag.name
  local field = by_name[name]
  if not field then
    field = { name = name, kind = kind, options = {}, required = tag.required ~= nil }
    by_name[name] = field
    fields[#fields + 1] = field
  end
  field.options[#field.options + 1] = tag.value or "on"
  if tag.checked then field.value = tag.value or "on" end
end

local function add_input(form, by_name, tag)
  local kind = (tag.type or "text"):lower()
  if kind == "submit" or kind == "button" then
    form.buttons[#form.buttons + 1] = { name = tag.name, value = tag.value or "" }
  elseif not tag.name or tag.disabled then
    return
  elseif kind == "radio" or kind == "checkbox" then
    add_choice(form.fields, by_name, tag, kind)
  else
    form.fields[#form.fields + 1] = { name = tag.name, kind = kind, value = tag.value or "", min = tonumber(tag.min),
      max = tonumber(tag.max), required = tag.required ~= nil }
  end
end

local function add_select(form, tag, inside)
  local field = { name = tag.name, kind = "select", options = {}, required = tag.required ~= nil }
  for option, words in inside:gmatch "<([oO][pP][tT][iI][oO][nN]%f[%A][^>]*)>([^<]*)" do
    local given = attributes(option)
    local value = given.value or html.text(words)
    if value ~= "" then field.options[#field.options + 1] = value end
    if given.selected then field.value = value end
  end
  form.fields[#form.fields + 1] = field
end

local function read_form(tag, inside)
  local form = { fields = {}, buttons = {}, action = tag.action or "", method = (tag.method or "get"):upper(),
                 multipart = (tag.enctype or ""):find "multipart" ~= nil }
  local by_name = {}
  for at, name, words in inside:gmatch "()<(%a+)([^>]*)>" do
    name = name:lower()
    if name == "input" then
      add_input(form, by_name, attributes("input " .. words))
    elseif name == "select" then
      add_select(form, attributes("select " .. words), inside:match("<%a+[^>]*>(.-)</%s*[sS][eE][lL]", at) or "")
    elseif name == "textarea" then
      form.fields[#form.fields + 1] = { name = attributes("textarea " .. words).name, kind = "textarea",
        value = decode(inside:match("<%a+[^>]*>([^<]*)", at) or "") }
    elseif name == "button" then
      local given = attributes("button " .. words)
      form.buttons[#form.buttons + 1] = { name = given.name, value = given.value or "" }
    end
  end
  return form
end

-- All forms of a page: { action, method, multipart, fields, buttons }.
function html.forms(page)
  local out = {}
  for at, tag in page:gmatch "()<[fF][oO][rR][mM]%f[%A]([^>]*)>" do
    local inside = page:match("^<[^>]*>(.-)</%s*[fF][oO][rR][mM]", at) or page:sub(at)
    out[#out + 1] = read_form(attributes("form " .. tag), inside)
  end
  return out
end

local function escape(text)
  return (text:gsub("[^%w_.~-]", function(sign) return ("%%%02X"):format(sign:byte()) end))
end

-- pairs: a list of { name, value }.
function html.encode(pairs_)
  local out = {}
  for _, pair in ipairs(pairs_) do out[#out + 1] = escape(pair[1]) .. "=" .. escape(tostring(pair[2])) end
  return table.concat(out, "&")
end

return html
