-- ./dev demo --feedback: a month of what people tell a hospital, in two minutes: items come in, the office answers them against the clock,
-- one week in the laboratory goes wrong, something is mended; then the month's report is asked, and must find that week by itself.
local uv = require "luv"
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local http = require "http"
local json = require "json"
local clock = require "clock"
local daemon = require "daemon"
local gateway = require "gateway"
local rates = require "rates"
local options = require "options"
local stage = require "stage"

local o = options.read(arg)
local seconds, seed = o.seconds, o.seed
local DAY, HOUR = 86400000, 3600000
local MONTH, DAYS, EARLIER = "2026-10", 31, 61                -- days of the month, and of those before it
local BAD, BAD_DAYS, WORSE = "2026-10-12", 7, 5               -- a Monday; so many more items a day
local begin = clock.parse "2026-10-01T00:00:00+08:00"
local bad = clock.parse(BAD .. "T00:00:00+08:00")
local speed = DAYS * DAY / 1000 / seconds
local given, children = stage.open(here, 8), {}
given.scripts = o.scripts or given.folder .. "/scripts"
local show, now = options.show(o.json), nil
local function leave(code) stage.leave(given, o, children, code) end
local function fail(text) stage.fail(given, o, children, text) end

-- --- what people say

local USUAL = { { "收费处排队两个小时，重复收费，我要投诉", 3 }, { "护士很耐心，非常感谢", 4 }, { "病房空调坏了，希望尽快修", 3 },
  { "药房取药等了一个小时，投诉", 2 }, { "门诊挂号太难，建议增加号源", 3 }, { "抽血窗口排队太久，投诉", 2 }, { "医生态度不好，我要投诉", 2 },
  { "食堂饭菜可口，表扬", 1 } }
local LABORATORY = { "化验报告丢失，我要投诉", "化验结果拿错了，投诉", "化验报告等了三天还没有，我要投诉" }
local CHANNELS = { "qr", "hotline", "counter", "wechat", "web" }
local WARDS = { "3 East", "5 West", "门诊楼", "检验科" }

local function pick_text(name)
  local sum, at = 0, rates.draw(seed, name, "text")
  for _, one in ipairs(USUAL) do sum = sum + one[2] end
  at = at * sum
  for _, one in ipairs(USUAL) do
    at = at - one[2]
    if at < 0 then return one[1] end
  end
  return USUAL[1][1]
end

local function one_of(list, ...) return list[1 + math.floor(rates.draw(seed, ...) * #list)] end

-- All items of the quarter in the order of their coming: { at, id, item }.
local function items_of()
  local out = {}
  local function put(day, n, text)
    local name = ("d%d-%d"):format(day, n)
    out[#out + 1] = { at = begin + day * DAY + math.floor((7 + 14 * rates.draw(seed, name, "hour")) * HOUR), id = name, item = {
      channel = one_of(CHANNELS, name, "channel"), ward = one_of(WARDS, name, "ward"), text = text,
      stars = 1 + math.floor(5 * rates.draw(seed, name, "stars")), sender = { phone = ("139%08d"):format(1000000 + #out) } } }
  end
  for day = -EARLIER, DAYS - 1 do
    for n = 1, 3 + math.floor(3 * rates.draw(seed, day, "count")) do put(day, n, pick_text(day .. "/" .. n)) end
    local at = begin + day * DAY
    for n = 1, at >= bad and at < bad + BAD_DAYS * DAY and WORSE or 0 do put(day, 100 + n, one_of(LABORATORY, day, n, "lab")) end
  end
  table.sort(out, function(a, b) return a.at < b.at end)
  return out
end

local function post(item)
  local status, answer = daemon.ask(given, "POST", "events", { id = item.id, kind = "feedback", at = clock.iso(item.at), item = item.item })
  if not status or status >= 300 then fail(("an item was not taken: %s %s"):format(status, answer and answer.detail)) end
end

local function play_items(items)
  for _, item in ipairs(items) do
    http.sleep(math.max(0, now:real(item.at - now:now())))
    if given.stopping then return end
    if item.at >= begin then
      show { at = item.at, kind = "event", who = item.item.ward, zh = item.item.text, en = item.item.channel }
    end
    post(item)
  end
end

-- --- the office

-- Who waited long is less often satisfied.
local function answer_of(task, waited)
  if task.form == "case-answer" then return { reply = "已核实并改进，谢谢您的意见", mended = "已改进" } end
  if task.form == "case-part" then return { part = "本科室情况已说明" } end
  if task.form == "approve" then return {} end
  if task.form == "consult-answer" then return { reply = "请咨询门诊" } end
  if task.form == "satisfied" then
    return { satisfied = rates.chance(waited > 3 * DAY and 0.5 or 0.85, seed, task.id) and "yes" or "no" }
  end
end

local function work(counts)
  local known, opened = {}, {}
  while not given.stopping do
    for _, task in ipairs((daemon.list(given, "tasks?department=feedback"))) do
      known[task.id] = known[task.id] or now:now() + rates.lognormal(task.role == "laboratory" and 20 * HOUR or 5 * HOUR, 0.7, seed, task.id)
      opened[task.enrollment or task.id] = opened[task.enrollment or task.id] or now:now()
      if now:now() >= known[task.id] and not given.stopping and task.status == "open" then
        local status = daemon.ask(given, "POST", "tasks/" .. task.id .. "/done", { code = "done", note = "演示",
          answer = answer_of(task, now:now() - opened[task.enrollment or task.id]) })
        counts.done = counts.done + (status == 200 and 1 or 0)
      end
    end
    for _, alert in ipairs((daemon.list(given, "alerts?department=feedback&status=open"))) do
      daemon.ask(given, "POST", "alerts/" .. alert.id .. "/ack", { note = "演示" })
      daemon.ask(given, "POST", "alerts/" .. alert.id .. "/act", { act = "督办" })
      counts.alerts = counts.alerts + 1
    end
    http.sleep(150)
  end
end

-- After the bad week two people check every report.
local function mend()
  http.sleep(now:real(bad + 8 * DAY - now:now()))
  local _, made = daemon.ask(given, "POST", "improvements", { department = "feedback", title = "化验报告双人核对", owner = "laboratory",
    due = "30d", lead = "laboratory" })
  show { at = now:now(), kind = "task", who = "", zh = "改进：化验报告双人核对", en = "an improvement, a task of the laboratory" }
  http.sleep(now:real(DAY))
  if made and made.task then daemon.ask(given, "POST", "tasks/" .. made.task .. "/done", { code = "done", note = "已实施" }) end
end

-- --- the report

local function report(...)
  local lines, log = {}, assert(uv.fs_open(given.folder .. "/report.log", "w", 384))
  local process = daemon.spawn(given.binary, { "report", "feedback", "--month", MONTH, "--server", "http://127.0.0.1:" .. given.port, ... },
    { env = { "AFTERWARD_TOKEN=" .. given.token, "HOME=" .. given.folder, "LANG=C.UTF-8" }, errors = log,
      on_line = function(line) lines[#lines + 1] = line end })
  if not daemon.wait(process, 30000) or process.code ~= 0 then fail("the report failed: " .. io.open(given.folder .. "/report.log"):read "a") end
  return table.concat(lines, "\n")
end

local function verdict()
  local found = json.decode(report "--json").unusual
  local good = found[1] and found[1].key == "laboratory" and found[1].week == BAD
  for _, one in ipairs(found) do good = good and one.week == BAD end
  local text = good and "the report names the laboratory and the week from " .. BAD .. ", and no other week, without being told"
    or "the report did not find the laboratory's bad week: " .. json.encode(found)
  print(o.json and json.encode { kind = "verdict", good = good or false, text = text } or ("  %s %s"):format(good and "✓" or "✗", text))
  return good
end

local function play()
  daemon.write_config(given.folder .. "/config.lua", given)
  if not o.scripts then                                       -- the office's alone: others would take these items too
    os.execute(("mkdir '%s' && cp -r '%s/scripts/feedback' '%s/scripts/shared' '%s'"):format(given.scripts, given.root, given.root, given.scripts))
  end
  local why
  children.daemon, why = daemon.start(given, begin, speed)
  if not children.daemon then
    children.daemon = why
    fail "the daemon did not start"
  end
  now = clock.new(begin, clock.steady_ms(), speed)
  gateway.start { port = given.gateway_port, clock = now, client = http.client(given.port, 4), deliver = function() end,
    path = "/channels/sms/receipt?token=" .. given.receipt_token, people = { seed = seed, is_unusable = function() return false end } }
  local counts, items, began = { done = 0, alerts = 0 }, items_of(), clock.steady_ms()
  http.go(play_items, items)
  http.go(work, counts)
  http.go(mend)
  while clock.steady_ms() - began < seconds * 1000 do
    if children.daemon.code then fail "the daemon ended too soon" end
    http.sleep(100)
  end
  given.stopping = true
  http.sleep(500)
  local page = (o.keep and given.folder or uv.fs_realpath(given.root .. "/build")) .. "/feedback-" .. MONTH .. ".html"
  report("--html", page)
  if not o.json then
    print(("─"):rep(76) .. "\n" .. report() .. "\n" .. ("─"):rep(76))
    print(("  %d items, %d tasks done, %d alerts answered; the page: %s"):format(#items, counts.done, counts.alerts, page))
  end
  leave(verdict() and 0 or 1)
end

for _, name in ipairs { "sigint", "sigterm", "sighup", "sigpipe" } do
  local handle = uv.new_signal()
  handle:start(name, function() leave(130) end)
end
http.go(function()
  local ok, text = xpcall(play, debug.traceback)
  if not ok then fail(text) end
end)
uv.run()
