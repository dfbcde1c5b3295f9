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

-- Both languages of one wording; used: language → names, filled. Gives names that were not declared.
local function check_wording(wording, template, label, check, known, used)
  local implied = {}
  for _, language in ipairs { "zh", "en" } do
    for _, name in ipairs(placeholders(wording[language] or "", label .. ": " .. language, check.report)) do
      used[language][name] = true
      implied[#implied + 1] = check_name(name, template, label, check, known)
    end
  end
  for _, pair in ipairs(wording.en and { { "zh", "en" }, { "en", "zh" } } or {}) do
    for _, name in ipairs(words.keys(used[pair[1]])) do
      if not used[pair[2]][name] then check.report("translation", ("%s: %s leaves out {%s}"):format(label, pair[2], name)) end
    end
  end
  return implied
end

-- Each variable stands for a placeholder of the text, and each placeholder is one: else the provider's text would not say it.
local function check_params(params, used, label, check)
  local seen = {}
  for _, word in pairs(params or {}) do
    if not used[word] then
      check.report("approved", ("%s: params: the text has no {%s}%s"):format(label, word, words.hint(word, words.keys(used), "its placeholders")))
    end
    seen[word] = true
  end
  for _, word in ipairs(words.keys(used)) do
    if not seen[word] then
      check.report("approved", ("%s: params: {%s} is in the text, and no variable of the provider's stands for it"):format(label, word))
    end
  end
end

-- used: channel → language → names, "" for the words of all others.
local function check_approved(template, used, label, check)
  for _, channel in ipairs(words.keys(template.approved or {})) do
    local approved, at = template.approved[channel], ("%s: approved.%s"):format(label, channel)
    local own = used[channel] or used[""]
    local wording = template.channels and template.channels[channel] or template.text
    check_params(approved.params, own.zh, at, check)
    if approved.en and not wording.en then
      check.report("approved", at .. ": en is approved, and the template has no English text for this channel: add en = …")
    elseif approved.en then
      check_params(approved.en.params, own.en, at .. ".en", check)
    end
  end
end

local function check_question_params(params, label, check)
  local own = words.set(check.api.placeholders.words, { "form" })
  for _, name in ipairs(words.keys(params or {})) do
    local word = params[name]
    if word:find(".", 1, true) and not own[word] then
      check_dotted(word, label .. ": params", check)
    elseif not own[word] then
      check.report("approved", ("%s: params: {%s} is none of the engine's%s"):format(label, word, words.hint(word, words.keys(own), "placeholders")))
    end
  end
end

-- A form is asked for in the engine's own words: the variables of the provider's text stand for what the engine knows.
function templates.question(form, label, check)
  for _, channel in ipairs(words.keys(form.approved or {})) do
    local approved, at = form.approved[channel], ("%s: approved.%s"):format(label, channel)
    local again = approved.remind
    check_question_params(approved.params, at, check)
    check_question_params(approved.en and approved.en.params, at .. ".en", check)
    check_question_params(again and again.params, at .. ".remind", check)
    check_question_params(again and again.en and again.en.params, at .. ".remind.en", check)
  end
end

-- Moves zh and en into text, and completes fields with what the texts use.
function templates.check(template, label, check)
  local known = words.set(check.api.placeholders.words, template.fields or {})
  local all, used, implied = {}, {}, {}
  local function look(channel, wording, at)
    local names = { zh = {}, en = {} }
    used[channel] = names
    for _, name in ipairs(check_wording(wording, template, at, check, known, names)) do implied[#implied + 1] = name end
    for _, language in ipairs { "zh", "en" } do
      for name in pairs(names[language]) do all[name] = true end
    end
  end
  look("", template, label)
  for _, channel in ipairs(words.keys(template.channels or {})) do
    local at = ("%s: channels.%s"):format(label, channel)
    look(channel, template.channels[channel], at)
    templates.discreet(template, template.channels[channel], at, check)
  end
  check_fields(template, all, label, check)
  template.fields = template.fields or implied
  template.text, template.zh, template.en = { zh = template.zh, en = template.en }, nil, nil
  check_approved(template, used, label, check)
  templates.discreet(template, template.text, label, check)
end

return templates
