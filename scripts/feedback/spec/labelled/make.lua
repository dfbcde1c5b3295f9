-- lua5.4 make.lua: writes the labelled items, seen.csv and unseen.csv, 300 each. The same every time. An item of seen.csv is
-- made of odd pieces of wordings.lua alone, one of unseen.csv of even ones: no piece stands in both.
local here = arg[0]:match "^(.*/)" or ""
local w = dofile(here .. "wordings.lua")
local STAGES = { "registration", "consultation", "examination", "inpatient", "billing", "pharmacy", "after-discharge" }
local TYPES = { "attitude", "process", "quality", "environment", "cost", "privacy" }
local NATURES = { "complaint", "complaint", "suggestion", "praise", "question" }   -- of five items two complain

local state                        -- MINSTD: no other Lua's random numbers
local function random(n)
  state = state * 48271 % 2147483647
  return state % n + 1
end
local half                         -- 1: odd pieces; 0: even ones
local function piece(list)
  return list[random(#list // 2) * 2 - half]
end

local function question(stage)
  local kind = ({ "process", "cost", "medicine", "symptom" })[random(4)]
  if kind == "medicine" or kind == "symptom" then
    return { piece(w.openers) .. piece(w[kind]), nature = "question", topic = kind }
  end
  return { piece(w.stages[stage]) .. "，" .. piece(w.question[kind]), stage = stage, type = kind, nature = "question" }
end

local function item(n)
  local nature, stage, kind = NATURES[n % 5 + 1], STAGES[n % 7 + 1], TYPES[n % 6 + 1]
  if nature == "question" then return question(stage) end
  local out = { "", nature = nature, stage = stage, type = kind }
  local first = piece(w.stages[stage]) .. "，"
  if n % 9 == 0 then first, out.stage = "", nil end           -- it need not be said where
  out[1] = piece(w.openers) .. first .. piece(w[nature][kind])
  if nature == "complaint" and n % 4 == 0 then
    out.urgency = n % 8 == 0 and "dispute" or "danger"
    out[1] = out[1] .. "，" .. piece(w[out.urgency])
  end
  out[1] = out[1] .. "。" .. piece(w.closings[nature])
  return out
end

local function write(name, odd, seed)
  half, state = odd, seed
  local file = assert(io.open(here .. name, "w"))
  file:write "text,stage,type,nature,urgency,topic\n"
  for n = 1, 300 do
    local i = item(n)
    file:write(('"%s",%s,%s,%s,%s,%s\n'):format(i[1], i.stage or "", i.type or "", i.nature, i.urgency or "", i.topic or ""))
  end
  file:close()
end
write("seen.csv", 1, 20261128)
write("unseen.csv", 0, 20261129)
