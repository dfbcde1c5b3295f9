-- Checks tables of a script against the keys that api.lua names, and gives back plain copies:
-- functions as true, texts as { zh =, en = }.
local _, use = ...
local words = use "words.lua"
local simple = use "types.lua"

local function many(kind, what)
  return kind:sub(1, #what) == what and kind:sub(#what + 1)
end

local Check = {}
Check.__index = Check

function Check:list(inner, value, label)
  if type(value) ~= "table" or #value == 0 then return nil, "must be a list" end
  local out = {}
  for name in pairs(value) do
    if math.type(name) ~= "integer" or name < 1 or name > #value then
      return nil, "must be a list without keys, not with " .. words.show(name)
    end
  end
  for i = 1, #value do
    local good, why, hint = self:value(inner, value[i], ("%s %d"):format(label, i))
    if good == nil then return nil, why and ("%s (entry %d)"):format(why, i), hint end
    out[i] = good
  end
  return out
end

function Check:map(inner, value, label)
  if type(value) ~= "table" or next(value) == nil then return nil, "must be a table of words" end
  local out = {}
  for name, item in pairs(value) do
    if not simple.id(name) then return nil, "must have words as keys, not " .. words.show(name) end
    local good, why, hint = self:value(inner, item, ("%s.%s"):format(label, name))
    if good == nil then return nil, why and ("%s (%s)"):format(why, name), hint end
    out[name] = good
  end
  return out
end

function Check:one(choices, value)
  local known = {}
  for word in choices:gmatch "[^,]+" do known[#known + 1] = word end
  if words.set(known)[value] then return value end
  return nil, "must be one of " .. table.concat(known, ", ")
end

function Check:event(value)
  if words.set(self.api.events)[value] then return value end
  local code = type(value) == "string" and value:match "^observation:(.+)$"
  if code and simple.id(code) then return value end
  if type(value) == "string" and value:find "^missing:" then
    return nil, "is for a watch in a pathway's watches: what is missing is missed by an enrollment"
  end
  return nil, "must be an event or \"observation:<code>\"", words.hint(value, self.api.events)
end

-- One value of one of the types; nil and why it is none. Nil alone: already reported.
function Check:value(type_name, value, label)
  if type_name:find "|" then
    local messages = {}
    for part in type_name:gmatch "[^|]+" do
      local shaped = (part:find "^list of" or part:find "^map of") and "table" or type(value)
      local good, why, hint
      if shaped == type(value) then good, why, hint = self:value(part, value, label) end
      if good ~= nil then return good end
      if shaped == type(value) then messages = { why, hint } end
    end
    return nil, messages[1] or "has the wrong type", messages[2]
  end
  if simple[type_name] then return simple[type_name](value) end
  if type_name == "event" then return self:event(value) end
  if type_name == "options" then return self.options(value, label, self) end
  if type_name == "step" or type_name == "watch" then return self.nested(type_name, value) end
  local inner = many(type_name, "list of ")
  if inner then return self:list(inner, value, label) end
  inner = many(type_name, "map of ")
  if inner then return self:map(inner, value, label) end
  inner = many(type_name, "one:")
  if inner then return self:one(inner, value) end
  inner = many(type_name, "ref:")
  if inner then
    local good, why = simple.id(value)
    if good then self.refer(inner, value, label) end
    return good, why
  end
  inner = many(type_name, "record:")
  if type(value) ~= "table" then return nil, "must be a table" end
  return self:record(self.api.records[inner], value, label)
end

-- A copy of body with the keys that are right; everything else is reported.
function Check:record(keys, body, label, item_list)
  local out, known = {}, {}
  for _, key in ipairs(keys) do
    known[key.name] = true
    local value = body[key.name]
    if value == nil then
      if key.required then self.report("missing-key", ("%s needs %s: %s"):format(label, key.name, key.doc)) end
    else
      local good, why, hint = self:value(key.type, value, label .. ": " .. key.name)
      out[key.name] = good
      if good == nil and hint == true then
        self.report("value", ("%s: %s: %s"):format(label, key.name, why), nil, key.name)
      elseif good == nil and why then
        self.report("value", ("%s: %s %s, not %s%s"):format(label, key.name, why, words.show(value), hint or ""), nil,
          key.name)
      end
    end
  end
  for name in pairs(body) do
    if not known[name] and not (item_list and math.type(name) == "integer") then
      self.report("unknown-key", ("%s has no key %s%s"):format(label, type(name) == "string" and words.quote(name) or words.show(name),
        words.hint(name, words.names(keys), "its keys")), nil, name)
    end
  end
  return out
end

-- hooks: api, report(code, message, place, key), refer(kind, id, label), nested(kind, token),
-- options(value, label, check).
return function(hooks) return setmetatable(hooks, Check) end
