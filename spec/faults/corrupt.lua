-- Bits flip in the database or its log while the daemon is down. A hospital's state is made once and what it holds is
-- read; in each round a copy of it is damaged and started, everything is read again, and what was held over night is sent.
-- The log's last commit is left alone: SQLite's format can't tell it from one that was never whole (docs/reliability.md).
local Hospital = require "functional.support.hospital"
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"

local REST_MS, FRAME, HEAD = 30, 4120, 32
local HOUR = 3600000

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function write(path, bytes)
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
end

-- How far the log goes without its last commit.
local function certain(log)
  local ends, salts = { 0 }, log:sub(17, 24)
  for n = 1, (#log - HEAD) // FRAME do
    local head = log:sub(HEAD + (n - 1) * FRAME + 1, HEAD + (n - 1) * FRAME + 24)
    if head:sub(9, 16) == salts and head:sub(5, 8) ~= "\0\0\0\0" then ends[#ends + 1] = n end
  end
  return HEAD + (ends[#ends - 1] or 0) * FRAME
end

local function flip(bytes, limit, roll)
  local at = roll(1, limit)
  return bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ (1 << roll(0, 7))) .. bytes:sub(at + 1), at
end

-- The first 08:00 in Shanghai after that moment.
local function morning_after(now) return ((now + 8 * HOUR) // (24 * HOUR) + 1) * 24 * HOUR end

-- Evening: questions, answers, tasks, and texts that wait for the morning.
local function make(h, outside)
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS)
  wait.ms(6500)
  outside:finish()
  local morning = morning_after(h:now())
  h:kill()
  h.now, h.speed, h.log = function() return morning end, 1, ""
  local state = { db = read(h.state .. "/afterward.db"), log = read(h.state .. "/afterward.db-wal") }
  state.limit = certain(state.log)
  return state
end

local function lay_out(h, state)
  os.execute(("rm -f '%s'/afterward.db*"):format(h.state))
  write(h.state .. "/afterward.db", state.db)
  write(h.state .. "/afterward.db-wal", state.log)
end

-- Its records up to this moment: what was written when the damage was done.
local function before(journal, moment)
  for at, ms in journal:gmatch '(){"position":%d+,"source":[^,]*,"kind":"outcome","value":(%d+)' do
    if tonumber(ms) >= moment then return journal:sub(1, at - 1) end
  end
  return journal .. ","
end

local function journal(h, id)
  return wait.for_it(function()
    local status, text = h.client:ask("GET", "/api/v1/runs/" .. id, { Authorization = "Bearer " .. Hospital.TOKENS.boss })
    return status == 200 and before(text:match '"journal":%[(.-)%],"versions":', h:now())
  end)
end

-- Of what was there at the start: what scripts decided, and to whom which message goes.
local function everything(h)
  local out, start = { journals = {}, messages = {} }, Hospital.iso(h:now())
  for _, run in ipairs(balance.list(h, "/runs")) do
    if run.started_at < start then out.journals[run.id] = assert(journal(h, run.id)) end
  end
  for _, m in ipairs(balance.list(h, "/messages")) do
    if m.created_at < start then
      out.messages[m.id] = table.concat({ m.number, m.patient or "", m.run or "", m.kind, m.name, m.audience, m.valid_until }, " ")
    end
  end
  return out
end

local function sent(h)
  local out = {}
  for _, message in ipairs(h.gateway.requests) do
    out[message.to] = out[message.to] or {}
    out[message.to][message.text:gsub(("%d"):rep(8), "#")] = true -- codes are drawn anew
  end
  h.gateway.requests, h.gateway.sent, h.gateway.list = {}, {}, {}
  return out
end

-- A greeting names the patient, whose number is known.
local function belongs(number, text)
  local name = text:match "王小(%d+)"
  return not name or Hospital.phone(tonumber(name)) == number
end

-- The words that somebody got, whoever it was: by the clock, one may get them now that got them not in the true run.
local function words_of(all)
  local out = {}
  for _, texts in pairs(all) do for text in pairs(texts) do out[text:gsub("王小%d+", "王小#")] = true end end
  return out
end

-- A difference that nobody was told of, or nil.
local function silent(truth, now)
  for id, records in pairs(truth.journals) do
    local other = now.journals[id]
    if other ~= records then return ("journal of %s: %s, was %s"):format(id, other, records) end
  end
  for id, message in pairs(truth.messages) do
    if now.messages[id] ~= message then return "message " .. id end
  end
  local usual = words_of(truth.sent)
  for number, texts in pairs(now.sent) do
    for text in pairs(texts) do
      local known = truth.sent[number]
      local odd = known and not known[text] and not usual[text:gsub("王小%d+", "王小#")]
      if odd or not belongs(number, text) then return "sent to " .. number .. ": " .. text end
    end
  end
end

local function look(h)
  local ok, now = pcall(function()
    h:start()
    wait.ms(700)
    return everything(h)
  end)
  local words = h:words()
  if h.daemon then
    if h.daemon.ended then ok = false end
    h:kill()
  end
  words = words .. h.log
  h.log = ""
  return ok and now, words .. (ok and "" or tostring(now))
end

local function live(o, h, outside)
  local state, found = make(h, outside), { told = 0, harmless = 0, silent = 0, unclear = 0 }
  local roll = dice(o.seed, "corrupt")
  h.gateway.requests = {}
  lay_out(h, state)
  local truth = assert(look(h), "the undamaged state can't be read")
  truth.sent = sent(h)
  for _ = 1, o.rounds do
    local damaged, where = { db = state.db, log = state.log }, ""
    for _ = 1, roll(1, 4) do
      local name, at = roll(1, 2) == 1 and "log" or "db"
      damaged[name], at = flip(damaged[name], name == "log" and state.limit or #damaged.db, roll)
      where = where .. (" %s:%d"):format(name, at)
    end
    lay_out(h, damaged)
    local now, words = look(h)
    local said = words:find "damaged" or words:find "malformed" or words:find "not a database" or words:find "another application"
    if now then now.sent = sent(h) else sent(h) end
    local wrong = now and silent(truth, now)
    local kind = not now and (said and "told" or "unclear") or wrong and not said and "silent" or said and "told" or "harmless"
    found[kind] = found[kind] + 1
    if kind == "silent" or kind == "unclear" then
      io.stderr:write(("  %s after flips at%s: %s %s\n"):format(kind, where, tostring(wrong):sub(1, 1500), words:sub(1, 600)))
    end
  end
  found.size, found.log = #state.db, state.limit
  return found
end

return {
  about = "bits flip in the database and its log: found, with a word what to do, or harmless",
  figure = "never a silent wrong answer in the journal or the outbox",
  rounds = 500,
  short = 15,
  run = function(o)
    local found = Outside.during({ seed = o.seed, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", Outside.STEPS) } },
      function(h, outside) return live(o, h, outside) end)
    o.say(("%d rounds of 1 to 4 flips in %d KB and %d KB of log: %d found, %d harmless"):format(o.rounds, found.size // 1024,
      found.log // 1024, found.told, found.harmless))
    return {
      { figure = "silent wrong answers in journal, messages or outbox", value = found.silent, target = "0", ok = found.silent == 0 },
      { figure = "ends without a word what to do", value = found.unclear, target = "0", ok = found.unclear == 0 },
      { figure = "found and told", value = found.told, target = "> 0", ok = found.told > 0 },
    }
  end,
}
