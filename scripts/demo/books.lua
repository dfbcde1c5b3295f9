-- The table at the end, and whether the books balance: the engine's against themselves, and against what the world
-- outside counted.
local clock = require "clock"
local daemon = require "daemon"
local json = require "json"

local books = {}

local function width(text)
  local cells = 0
  for _, code in utf8.codes(text) do cells = cells + (code >= 0x2E80 and 2 or 1) end
  return cells
end

local function row(zh, en, value) print(("  %s%s %-26s %s"):format(zh, (" "):rep(14 - width(zh)), en, value)) end

local function words(counts)
  local list = {}
  for word, count in pairs(counts) do list[#list + 1] = { word, count } end
  table.sort(list, function(a, b) return a[2] ~= b[2] and a[2] > b[2] or a[2] == b[2] and a[1] < b[1] end)
  for at, pair in ipairs(list) do list[at] = pair[1] .. " " .. pair[2] end
  return #list > 0 and table.concat(list, " · ") or "–"
end

-- run = { late, late_most, span }
function books.print(summary, totals, run, as_json)
  if as_json then
    print(json.encode { kind = "books", summary = summary, outside = totals, run = run })
    return
  end
  print("\n" .. ("─"):rep(76))
  row("患者", "patients", summary.patients)
  row("入组", "enrolled", summary.enrolled .. "   " .. words(summary.enrollments_by_status))
  row("到期节点", "due steps", ("%d = %d started + %d skipped, %d unaccounted"):format(summary.due_steps, summary.started,
    summary.skipped, summary.unaccounted))
  row("", "  began and became", words(summary.runs_by_end))
  row("", "  skipped because", words(summary.skipped_by_reason))
  row("已发送", "sent", summary.sent .. " to patients and families")
  row("", "  all messages", words(summary.messages_by_status))
  row("未发送原因", "suppressed by reason", words(summary.suppressed_by_reason))
  row("已填答", "answered", ("%d by patients and families, %d by nurses; %d abnormal"):format(summary.answered,
    totals.staff.answered, summary.flagged))
  row("沉默", "silent", summary.silent)
  row("预警", "alerts", ("%d, %d acknowledged in %.0f min (p50), %d open"):format(summary.alerts, summary.alerts_acknowledged,
    (summary.acknowledged_in_p50_ms or 0) / 60000, summary.alerts_open))
  row("待办", "tasks", ("%d, %d done, %d open, %d overdue"):format(summary.tasks, summary.tasks_done, summary.tasks_open,
    summary.tasks_overdue))
  row("网关", "gateway", words(totals.gateway))
  row("网页", "pages", words(totals.pages))
  row("人员", "staff", words(totals.staff))
  row("时钟", "engine time", run.span)
  row("", "  steps began late by", ("%.0f ms p50, %.0f ms p99, %.0f ms worst, of %d; due work waited %.0f ms at most (/metrics)"):format(
    run.late.p50, run.late.p99, run.late.worst, run.late.steps, run.late_most * 1000))
end

local function numbers_of(keys)
  local out = {}
  for _, key in ipairs(keys) do out[key:match "^(.-)%-%d+$"] = true end
  return out
end

-- Whether the engine says itself that it can't know: it was stopped while the gateway answered.
local function in_doubt(given, id)
  local _, message = daemon.ask(given, "GET", "messages/" .. id)
  for _, try in ipairs(message and message.tries or {}) do
    if try.status == "in_doubt" then return true end
  end
end

-- Whether it left in the text of another message, by whose key the gateway knows it.
local function left_together(given, id, keys)
  local _, message = daemon.ask(given, "GET", "messages/" .. id)
  for _, try in ipairs(message and message.tries or {}) do
    if keys[try.key] then return true end
  end
end

-- Messages that a channel took, by their number, here and there. Where the gateway fell over after it took the text, the
-- engine may know it by asking again or by a receipt, or may have had no more reason to ask.
local function compare_messages(given, totals, wrong)
  local taken, unsaid, both = numbers_of(totals.keys), numbers_of(totals.unsaid), 0
  local keys = {}
  for _, list in ipairs { totals.keys, totals.unsaid } do
    for _, key in ipairs(list) do keys[key] = true end
  end
  for _, message in ipairs((daemon.list(given, "messages"))) do
    local here, there = message.accepted_at ~= nil, taken[message.number]
    local printed = message.channel == "log" -- the last resort of pages to staff
    if here and not there and not unsaid[message.number] and not printed and not left_together(given, message.id, keys) then
      wrong(("message %s: accepted here, the gateway never had it"):format(message.id))
    elseif there and not here and not in_doubt(given, message.id) then
      wrong(("message %s: the gateway took it, here it is %s %s"):format(message.id, message.status, message.reason or ""))
    end
    both = both + (here and not printed and 1 or 0)
    taken[message.number], unsaid[message.number] = nil, nil
  end
  for _, rest in ipairs { taken, unsaid } do
    for number in pairs(rest) do wrong("the gateway took a text that is unknown here: " .. number) end
  end
  return both
end

local function percentile(list, share) return list[math.max(1, math.ceil(#list * share))] or 0 end

-- How late steps began that came due while the clock ran: "p50, p99, worst" in real milliseconds.
function books.lateness(given, since, speed)
  local late = {}
  for _, run in ipairs((daemon.list(given, "runs"))) do
    local due, began = clock.parse(run.scheduled_at or ""), clock.parse(run.started_at or "")
    if run.kind == "step" and due and began and due >= since then late[#late + 1] = (began - due) / speed end
  end
  table.sort(late)
  return { steps = #late, p50 = percentile(late, 0.5), p99 = percentile(late, 0.99), worst = percentile(late, 1) }
end

-- Prints what does not agree; true when all does.
function books.check(given, summary, totals, as_json)
  local faults = 0
  local function say(sign, text)
    print(as_json and json.encode { kind = "verdict", good = sign == "✓", text = text } or ("  %s %s"):format(sign, text))
  end
  local function wrong(text)
    faults = faults + 1
    if faults <= 20 then say("✗", text) end
  end
  if not as_json then print(("─"):rep(76)) end
  if not summary.balanced then wrong(("the engine's own books: %d due steps unaccounted for"):format(summary.unaccounted)) end
  for word, count in pairs(summary.runs_by_end) do
    if word:find "^stuck" then wrong(("%d runs are stuck"):format(count)) end
  end
  if summary.enrolled == 0 or summary.sent == 0 then wrong "nobody was followed up" end
  local both = compare_messages(given, totals, wrong)
  if summary.answered < totals.answered or summary.answered > totals.answered + totals.raced then
    wrong(("answers: given on pages %d, and %d while a nurse wrote down the same; recorded %d"):format(totals.answered,
      totals.raced, summary.answered))
  end
  if totals.troubles > 0 then wrong(totals.troubles .. " requests from outside went wrong (lines with ! above)") end
  if faults == 0 then
    say("✓", ("every due step is accounted for; %d texts and %d answers agree with what the outside counted"):format(both, summary.answered))
  end
  return faults == 0
end

return books
