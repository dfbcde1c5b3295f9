-- A pathway's watch on "missing:CODE": at its hour it looks whether there is a reading of the day, and begins when there is none. It
-- is a step that C keeps like every other; live runs are replayed by it: whoever changes what it does raises SCRIPT_ABI (bundle.h).
local _, use = ...
local words = use "words.lua"
local api = use "api.lua"
local missing = {}

-- What came by the time that it looks counts, also when it looks late.
local function looker(code, within, run)
  return function(p)
    local since = within and 2 * p:now() - p:time(within) or p:time "0d 00:00"
    if #p:read(code, { since = since, last = 1 }) == 0 then return run(p, { code = code, since = since }) end
  end
end

local function code_of(body)
  local on = type(body) == "table" and rawget(body, "on")
  return type(on) == "string" and on:match "^missing:(.+)$"
end

local function step_of(entry, code, report)
  local body = entry.body
  local label = "watch " .. words.show(body.id)
  if type(body.by) ~= "string" then
    report("missing-key", ("%s: on \"missing:%s\" needs by: an hour, such as \"10:00\""):format(label, code), entry)
  end
  for key in pairs(body) do
    if not words.set(api.missing)[key] then
      report("unknown-key", ("%s on what is missing has no key %s%s"):format(label, words.show(key),
        words.hint(key, api.missing, "its keys")), entry, key)
    end
  end
  return { id = body.id, title = body.title, every = body.by, from = body.from, to = body.to, valid_for = body.valid_for or "12h",
    run = type(body.run) == "function" and looker(code, body.within, body.run) or body.run }
end

-- The pathway's body with such watches among its steps. make(entry, keys) gives a step's token.
function missing.split(body, by_token, make, report)
  local watches, steps, found = {}, {}, false
  for _, token in ipairs(body.watches) do
    local entry = by_token[token]
    local code = entry and entry.kind == "watch" and code_of(entry.body)
    if code then
      steps[#steps + 1], found = make(entry, step_of(entry, code, report)), true
    else
      watches[#watches + 1] = token
    end
  end
  if not found then return body end
  local out = {}
  for key, value in pairs(body) do out[key] = value end
  out.watches = #watches > 0 and watches or nil
  out.steps = table.move(type(body.steps) == "table" and body.steps or {}, 1, type(body.steps) == "table" and #body.steps or 0, 1, {})
  table.move(steps, 1, #steps, #out.steps + 1, out.steps)
  return out
end

return missing
