-- Texts of templates: their placeholders, and words that tell a diagnosis.
local _, use = ...
local words = use "words.lua"
local api = use "api.lua"
local templates = {}

local function telling(text, list)
  local low = text:lower()
  for _, word in ipairs(list) do                            -- an English word begins at a word's start, a short one ends there too
    local pattern = word:find "^%a" and "%f[%a]" .. word .. (#word < 5 and "%f[%A]" or "") or word
    if low:find(pattern) then return word end
  end
end

-- The word that tells a diagnosis in { zh =, en = }, and in which language; nil when none does.
function templates.telling(text)
  for _, language in ipairs { "zh", "en" } do
    local word = text[language] and telling(text[language], api.telling)
    if word then return word, language end
  end
end

-- A text that strangers may see must not tell a diagnosis, unless the declaration says
-- discloses = true, which keeps it from patients who don't know (WARD 1).
function templates.discreet(body, text, label, check)
  if body.discloses or not text then return end
  local word, language = templates.telling(text)
  if word then
    check.report("tells", ("%s: %s tells a diagnosis (%s): change the words, or say discloses = true")
      :format(label, language, words.quote(word)))
  end
end

-- Names between braces, in order; reports braces without a partner.
local function placeholders(text, label, report)
  local names, rest = {}, text:gsub("{([^{}]*)}", "")
  if rest:find "[{}]" then report("placeholder", label .. " has a brace without its partner") end
  for name in text:gmatch "{([^{}]*)}" do names[#names + 1] = name end
  return names
end

local function check_dotted(name, label, check)
  local root = name:match "^(%a+)%.[%w_.-]+$"
  if not root then
    check.report("placeholder", ("%s: {%s} is no field name"):format(label, name))
  elseif root == "patient" or root == "case" then
    check.report("placeholder", ("%s: {%s} is not available%s"):format(label, name,
      words.hint(name, check.api.placeholders.words, "the engine's own")))
  elseif not words.set(check.api.placeholders.roots)[root] then
    check.report("placeholder", ("%s: no {%s.…}%s"):format(label, root, words.hint(root, check.api.placeholders.roots, "roots")))
  end
end

local function check_name(name, template, label, check, known)
  if known[name] then return end
  if name:find(".", 1, true) or not name:find "^[a-z][a-z0-9_]*$" then return check_dotted(name, label, check) end
  local near = words.nearest(name, template.fields or check.api.placeholders.words)
  if template.fields or near then
    check.report("placeholder", ("%s: {%s} is neither a declared field nor the engine's%s"):format(label, name,
      near and "; did you mean {" .. near .. "}?" or ""))
    return
  end
  known[name] = true
  check.report("undeclared-field", ("%s uses {%s} without declaring it: fields = { %s }"):format(label, name, words.quote(name)))
  return name
end

local function check_fields(template, used, label, check)
  local engine, seen = words.set(check.api.placeholders.words), {}
  for _, field in ipairs(template.fields or {}) do
    if engine[field] then
      check.report("placeholder", ("%s: {%s} is the engine's own: don't declare it"):format(label, field))
    elseif seen[field] then
      check.report("placeholder", ("%s declares field %s twice"):format(label, words.quote(field)))
    elseif not used[field] then
      check.report("placeholder", ("%s declares field %s and does not use it"):format(label, words.quote(field)))
    end
    seen[field] = true
  end
end

-- Moves zh and en into text, and completes fields with what the texts use.
function templates.check(template, label, check)
  local known = words.set(check.api.placeholders.words, template.fields or {})
  local used, implied = { zh = {}, en = {} }, {}
  for _, language in ipairs { "zh", "en" } do
    for _, name in ipairs(placeholders(template[language] or "", label .. ": " .. language, check.report)) do
      used[language][name] = true
      implied[#implied + 1] = check_name(name, template, label, check, known)
    end
  end
  check_fields(template, setmetatable({}, { __index = function(_, name) return used.zh[name] or used.en[name] end }),
    label, check)
  if template.en then
    for _, name in ipairs(words.keys(used.zh)) do
      if not used.en[name] then check.report("translation", ("%s: en leaves out {%s}"):format(label, name)) end
    end
    for _, name in ipairs(words.keys(used.en)) do
      if not used.zh[name] then check.report("translation", ("%s: zh leaves out {%s}"):format(label, name)) end
    end
  end
  template.fields = template.fields or implied
  template.text, template.zh, template.en = { zh = template.zh, en = template.en }, nil, nil
  templates.discreet(template, template.text, label, check)
end

return templates
