-- What people read: words that tell more than the reader may know (WARD 1), languages that are
-- missing, and texts too long for one short message.
local _, use = ...
local words = use "words.lua"
local api = use "api.lua"
local templates = use "templates.lua"
local sms = use "sms.lua"

local PARTS = { zh = 1, en = 3 }                    -- an English text needs more: its signature makes it UTF-16, too

-- Every text of a definition, with a name for it: each(text, what, in a table), text = { zh =, en = }. A nurse's
-- table is in her own language.
local function each_text(kind, definition, each)
  for _, key in ipairs(api.kinds[kind].keys) do
    if key.type:find "^text" and type(definition[key.name]) == "table" and definition[key.name].zh then
      each(definition[key.name], key.name)
    end
  end
  if kind == "template" then each(definition.text, "text") end
  for _, channel in ipairs(kind == "template" and words.keys(definition.channels or {}) or {}) do
    each(definition.channels[channel], "channels." .. channel)
  end
  for _, item in ipairs(kind == "form" and definition.items or {}) do
    each(item.text, ("item %s"):format(words.quote(item.id)))
    if item.help then each(item.help, ("item %s: help"):format(words.quote(item.id))) end
    for _, option in ipairs(item.options or {}) do
      each(option.text, ("item %s: option %s"):format(words.quote(item.id), words.show(option.value)))
    end
  end
  for _, step in ipairs(kind == "pathway" and definition.steps or {}) do
    if step.title then each(step.title, ("step %s: title"):format(words.quote(step.id)), step.file:find "%.csv$") end
  end
  if kind == "program" and definition.consult and definition.consult.zh then each(definition.consult, "consult") end
  for i, section in ipairs(kind == "program" and type(definition.phone_script) == "table" and definition.phone_script or {}) do
    each(section, ("phone_script %d"):format(i))
  end
end

local function label(kind, id) return kind .. " " .. words.quote(id) end

local function chinese(text) return text:find "[\xE4-\xE9][\x80-\xBF][\x80-\xBF]" ~= nil end

local function missing(text)
  if not text.en then return "no English text: add en = …" end
  if text.en == text.zh and chinese(text.zh) then return "no English text: write { zh = …, en = … }" end
end

-- A department that writes English somewhere owes it everywhere; one that never does, nowhere.
local function writes_english(world)
  local found = false
  world.each(function(kind, _, definition)
    if definition.file:find "^shared/" then return end
    each_text(kind, definition, function(text) found = found or text.en ~= nil and text.en ~= text.zh end)
  end)
  return found
end

local DISCLOSES = { template = true, form = true, program = true }
local TOLD = { template = { text = true }, form = { title = true }, program = { name = true, slogan = true } }

local function check_telling(world, kind, id, definition)
  each_text(kind, definition, function(text, what)
    -- A page with a discreet title opens to everybody: what it asks must be discreet, too.
    local asked = kind == "form" and definition.discreet and what:find "^item "
    if definition.discloses and what ~= "discreet" and not asked then return end
    if TOLD[kind] and (TOLD[kind][what] or what:find "^channels%.") then return end            -- looked at while loading
    local word = templates.telling(text)
    local remedy = asked and ", or take discreet out: then they are not asked"
      or DISCLOSES[kind] and what ~= "discreet" and ", or say discloses = true" or ""
    if word then
      world.report_at("may-tell", definition, ("%s: %s says %s, and not every patient knows: change the words%s")
        :format(label(kind, id), what, words.quote(word), remedy))
    end
  end)
end

-- What stands in 【】 before a text: the longest name of a program, or the department's title.
local function signature(world, language)
  local longest = ""
  for _, program in pairs(world.definitions.program or {}) do
    local name = program.name[language] or program.name.zh
    if utf8.len(name) > utf8.len(longest) then longest = name end
  end
  local department = (world.definitions.department or {})[world.department]
  if longest == "" and department then longest = department.title[language] or department.title.zh end
  return "【" .. longest .. "】", longest, department and department.title[language] or longest
end

local function sends_sms(world)
  local department = (world.definitions.department or {})[world.department]
  return department and words.set(department.via or {}).sms
end

local function check_length(world, id, definition)
  local own = definition.file:find("^" .. world.department:gsub("%-", "%%-") .. "/") or definition.file:find "^shared/"
  if not own then return end
  for _, language in ipairs { "zh", "en" } do
    local sign, program, department = signature(world, language)
    local text = ((definition.channels or {}).sms or definition.text)[language]
    local whole = text and sign .. sms.fill(text, { ["program.name"] = program, ["department.title"] = department })
      .. api.foot[language]
    local units, parts, plain = 0, 0, false
    if whole then units, parts, plain = sms.count(whole) end
    if parts > PARTS[language] then
      local most = PARTS[language] == 1 and (plain and 160 or 70) or (plain and 153 or 67) * PARTS[language]
      world.report_at("sms-length", definition, ("template %s: %s makes %d short messages of %d signs with %s and the foot; "
        .. "%d fewer make it %s"):format(words.quote(id), language, parts, units, sign, units - most,
        PARTS[language] == 1 and "one" or PARTS[language]))
    end
  end
end

return function(world)
  if not world.loaded then return end
  local english = writes_english(world)
  local texts = sends_sms(world)
  world.each(function(kind, id, definition)
    check_telling(world, kind, id, definition)
    if english then
      local told = {}
      each_text(kind, definition, function(text, what, in_table)
        local why = missing(text)
        if why and not in_table and not told[what] then
          told[what] = true
          world.report_at("translation", definition, ("%s: %s has %s"):format(label(kind, id), what, why))
        end
      end)
    end
    if kind == "template" and texts then check_length(world, id, definition) end
  end)
end
