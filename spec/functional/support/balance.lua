-- Compares what a hospital's daemon says of itself with what was counted outside: accepted = done + waiting + failed +
-- in doubt + suppressed, and each of them the same one here and there.
local wait = require "functional.support.wait"
local json = require "dkjson"
local Outside = require "functional.support.outside"

local PLACE = { accepted = "done", delivered = "done", planned = "waiting", held = "waiting", in_flight = "waiting",
  failed = "failed", in_doubt = "in_doubt", suppressed = "suppressed", cancelled = "suppressed" }

local balance = {}

-- What differs, for whoever has to find out why.
local function say(text, ...) io.stderr:write("  differs: ", text:format(...), "\n") end

function balance.list(h, path)
  local items, cursor = {}, nil
  repeat
    local page = h:get(path .. (path:find "?" and "&" or "?") .. "limit=200" .. (cursor and "&after=" .. cursor or ""))
    for _, item in ipairs(page.items) do items[#items + 1] = item end
    cursor = page.next and items[#items].id
  until not cursor
  return items
end

-- Everything that is due by the plan has happened, and nothing is under way; the books then.
function balance.settled(h, outside)
  local books, left
  local ok = pcall(wait.till, "", function()
    books = h:get "/summary"
    left = #h:get("/messages?status=held&limit=1").items + #h:get("/messages?status=in_flight&limit=1").items
    return books.enrolled >= outside.acknowledged and books.due_steps == Outside.STEPS_EACH * books.enrolled and left == 0
      and outside.actors == 0 -- nor is a receipt on its way
  end, 90)
  if not ok then say("%d acknowledged, never settled: %s", outside.acknowledged, json.encode(books)) end
  return books
end

-- What the gateway had of each message: how often it may have reached the person.
local function arrivals(requests)
  local out = {}
  for _, request in ipairs(requests) do
    local number = request.key:match "^(.-)%-%d+$"
    local seen = out[number] or { keys = {}, distinct = 0, may = 0, taken = 0 }
    out[number] = seen
    if not seen.keys[request.key] then
      seen.keys[request.key], seen.distinct = true, seen.distinct + 1
    end
    if type(request.how) ~= "table" or request.how.status == 500 or request.how.may or request.how.taken then seen.may = seen.may + 1 end
    if request.how == "accept" or request.how.taken then seen.taken = seen.taken + 1 end
  end
  return out
end

local function was_in_doubt(h, message)
  for _, try in ipairs(h:get("/messages/" .. message.id).tries) do
    if try.status == "in_doubt" then return true end
  end
end

-- Messages to one person may leave as one text, under the number of the first.
local function taken_with_others(h, message, numbers, there)
  for _, other in ipairs(h:get("/messages/" .. message.id).together or {}) do
    local seen = there[numbers[other.id]]
    if seen and seen.taken > 0 then return true end
  end
  return false
end

local HOUR = 3600000

-- A page in doubt goes again with another number, once the gateway has forgotten the first, or will have before the next try, which is an
-- hour later at most.
function balance.numbers_were_forgotten(h, message)
  local life = tonumber(h.o.keyed:match "^(%d+)h$") * HOUR
  local key, since
  for _, try in ipairs(h:get("/messages/" .. message.id).tries) do
    local at = h.instant(try.started_at)
    if key and try.key ~= key and at - since < life - HOUR then return false end
    if try.key ~= key then key, since = try.key, at end
  end
  return true
end

function balance.compare_messages(h, keyed, out)
  local there, intents, known, numbers = arrivals(h.gateway.requests), {}, {}, {}
  local messages = balance.list(h, "/messages")
  for _, message in ipairs(messages) do numbers[message.id] = message.number end
  for _, message in ipairs(messages) do
    local seen, page = there[message.number], message.kind == "page"
    known[message.number] = true
    out.messages = out.messages + 1
    out[PLACE[message.status]] = out[PLACE[message.status]] + 1
    if not page then
      local intent = message.patient .. message.kind
      if intents[intent] then out.sent_twice = out.sent_twice + 1 end
      intents[intent] = true
      out.intended = out.intended + 1
    end
    local accepted = message.accepted_at ~= nil and message.channel ~= "log"
    local taken = seen and seen.taken > 0 or accepted and taken_with_others(h, message, numbers, there)
    if accepted ~= (taken or false) and not (taken and was_in_doubt(h, message)) then
      out.disagree = out.disagree + 1
      say("%s; the gateway %s", json.encode(h:get("/messages/" .. message.id)), taken and "took it" or "never had it")
    end
    if seen and keyed and seen.distinct > 1 and not (page and balance.numbers_were_forgotten(h, message)) then
      out.sent_twice = out.sent_twice + 1
      say("%s: under %d keys", json.encode(h:get("/messages/" .. message.id)), seen.distinct)
    end
    if seen and not keyed and not page and seen.may > 1 then
      out.resent_in_doubt = out.resent_in_doubt + 1
      say("%s; it may have been there %d times", json.encode(h:get("/messages/" .. message.id)), seen.may)
    end
  end
  for number in pairs(there) do
    if not known[number] then
      out.disagree = out.disagree + 1
      say("the gateway had %s, which is unknown here", number)
    end
  end
end

-- A receipt that was thanked for counts, wherever the message itself is known to have been taken. One of a try in doubt
-- is kept, but says nothing of the page that went again under another key.
local function compare_receipts(h, outside, out)
  for _, message in ipairs(balance.list(h, "/messages?status=accepted")) do
    if outside.delivered[message.number] and not was_in_doubt(h, message) then
      out.lost = out.lost + 1
      say("%s: its receipt was thanked for", json.encode(h:get("/messages/" .. message.id)))
    end
  end
  for _ in pairs(outside.delivered) do out.receipts = out.receipts + 1 end
end

local function stands(deed, now)
  local did = deed.verbs
  if deed.beaten then return now.status == "withdrawn" and now.reason == "answered" end
  if deed.kind == "task" then return not did.done or now.status == "done" and now.result_note == did.done end
  return (not did.ack or now.acknowledged_by) and (not did.act or now.act == did.act) and (not did.done or now.status == "closed")
end

local function compare_deeds(h, outside, out)
  for id, deed in pairs(outside.deeds) do
    local now = h:get(("/%ss/%s"):format(deed.kind, id))
    out.deeds = out.deeds + 1
    if not stands(deed, now) then
      out.lost = out.lost + 1
      say("%s %s: done outside %s, here %s", deed.kind, id, json.encode(deed.verbs), json.encode(now))
    end
  end
end

function balance.faults_in_log(words, excused)
  local count = 0
  for line in words:gmatch "[^\n]+" do
    local known = false
    for _, pattern in ipairs(excused or {}) do known = known or line:find(pattern) end
    if line:find "^error " and not known or line:find "Sanitizer" or line:find "runtime error" then
      count = count + 1
      io.stderr:write("  the daemon said: ", line, "\n")
    end
  end
  return count
end

-- Sums of differences; each 0 when all is well. books: from balance.settled; excused: patterns of errors in the log
-- that belong to the fault.
function balance.compare(h, outside, books, keyed, excused)
  local out = { events = outside.acknowledged, answers = outside.thanked, deeds = 0, receipts = 0, messages = 0, intended = 0, lost = 0,
    applied_twice = 0, sent_twice = 0, resent_in_doubt = 0, disagree = 0, unaccounted = books.unaccounted, done = 0, waiting = 0,
    failed = 0, in_doubt = 0, suppressed = 0, odd = #outside.odd, log = balance.faults_in_log(h:words(), excused) }
  for what, here in pairs { patients = books.patients, enrolled = books.enrolled, answers = books.answered, fevers = books.flagged } do
    local there = ({ answers = outside.thanked, fevers = outside.fevers })[what] or outside.acknowledged
    out.lost = out.lost + math.max(0, there - here)
    out.applied_twice = out.applied_twice + math.max(0, here - there)
    if here ~= there then say("%s: %d here, %d acknowledged", what, here, there) end
  end
  balance.compare_messages(h, keyed, out)
  compare_deeds(h, outside, out)
  compare_receipts(h, outside, out)
  local sum = out.done + out.waiting + out.failed + out.in_doubt + out.suppressed
  local meant = 0
  for _, run in ipairs(balance.list(h, "/runs")) do if Outside.TELLING[run.name] then meant = meant + 1 end end
  out.unbalanced = math.abs(out.messages - sum) + math.abs(out.intended - meant)
  if out.unbalanced > 0 then
    say("%d messages, %d in a known state; %d meant by %d steps", out.messages, sum, out.intended, meant)
  end
  for _, text in ipairs(outside.odd) do io.stderr:write("  odd: ", text, "\n") end
  return out
end

function balance.add(total, more)
  for name, count in pairs(more) do total[name] = (total[name] or 0) + count end
  return total
end

-- Figures of which each must be 0, for a fault's table.
function balance.figures(total)
  local out = {}
  for _, pair in ipairs { { "acknowledged and lost (events, answers, deeds…)", "lost" }, { "applied twice", "applied_twice" },
    { "sent twice (keyed: to one person under two keys)", "sent_twice" }, { "resent in doubt (keyless)", "resent_in_doubt" },
    { "messages: accepted - done - waiting - failed - doubt…", "unbalanced" }, { "messages: other here than at the gateway", "disagree" },
    { "due steps unaccounted for", "unaccounted" }, { "answers that should not have been given", "odd" },
    { "errors in the log, sanitizers' findings", "log" } } do
    out[#out + 1] = { figure = pair[1], value = total[pair[2]], target = "0", ok = total[pair[2]] == 0 }
  end
  return out
end

return balance
