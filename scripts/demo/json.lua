-- JSON for the demo: decode(text), encode(value). null is left out of objects; an empty table is an object.
local json = {}

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function unescape(text)
  text = text:gsub("\\u[dD]([89abAB]%x%x)\\u[dD]([c-fC-F]%x%x)", function(high, low)
    return utf8.char(0x10000 + ((tonumber("d" .. high, 16) & 0x3ff) << 10) + (tonumber("d" .. low, 16) & 0x3ff))
  end)
  text = text:gsub("\\u(%x%x%x%x)", function(hex) return utf8.char(tonumber(hex, 16)) end)
  return (text:gsub("\\(.)", function(letter) return ESCAPES[letter] or letter end))
end

local read

local function read_text(text, at)
  local stop = at + 1
  while true do
    stop = assert(text:find('["\\]', stop), "a text without end")
    if text:sub(stop, stop) == '"' then break end
    stop = stop + 2
  end
  return unescape(text:sub(at + 1, stop - 1)), stop + 1
end

local function skip(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end

local function read_items(text, at, closing, read_item)
  local out = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == closing then return out, at + 1 end
  while true do
    at = skip(text, read_item(out, at))
    local sign = text:sub(at, at)
    if sign == closing then return out, at + 1 end
    assert(sign == ",", "a comma is missing")
    at = skip(text, at + 1)
  end
end

local function read_list(text, at)
  local count = 0
  return read_items(text, at, "]", function(out, item_at)
    count = count + 1
    out[count], item_at = read(text, item_at)
    return item_at
  end)
end

local function read_object(text, at)
  return read_items(text, at, "}", function(out, key_at)
    local key
    key, key_at = read_text(text, key_at)
    key_at = skip(text, key_at)
    out[key], key_at = read(text, skip(text, key_at + 1))
    return key_at
  end)
end

local WORDS = { ["true"] = true, ["false"] = false }

function read(text, at)
  local sign = text:sub(at, at)
  if sign == "{" then return read_object(text, at) end
  if sign == "[" then return read_list(text, at) end
  if sign == '"' then return read_text(text, at) end
  local word, stop = text:match("^(%a+)()", at)
  if word then return WORDS[word], stop end
  local number
  number, stop = text:match("^([-+.%deE]+)()", at)
  return assert(tonumber(number), "this is no JSON"), stop
end

function json.decode(text)
  local ok, value = pcall(read, text, skip(text, 1))
  if ok then return value end
  return nil, value
end

local function quote(text)
  return '"' .. text:gsub('[%c"\\]', function(sign) return ("\\u%04x"):format(sign:byte()) end) .. '"'
end

function json.encode(value)
  if type(value) == "string" then return quote(value) end
  if type(value) ~= "table" then return tostring(value) end
  local out = {}
  if #value > 0 then
    for _, item in ipairs(value) do out[#out + 1] = json.encode(item) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do out[#out + 1] = quote(key) .. ":" .. json.encode(value[key]) end
  return "{" .. table.concat(out, ",") .. "}"
end

return json
