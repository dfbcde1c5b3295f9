-- January in a ward, for specs of what looks back: five patients with a fever, without, silent, coded late; and one who is on
-- her way when the daemon of functional.support.hospital begins. And three in another ward, in trouble.
local sim = require "afterward.sim"
local uv = require "luv"

local month = {}

local SITE = { quiet_hours = "03:00-03:01", contact_windows = "00:00-24:00", budget_day = 900, budget_week = 9000 }
month.SCRIPT = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = { zh = "科", en = "Ward" }, calendar = "cn", contact_windows = "00:00-24:00",
    alerts = { emergency = "ladder", urgent = "ladder", soon = "ladder" }, overdue = "ladder" },
  aw.program { id = "brand", name = { zh = "随访", en = "Care" } },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" }, { page = "chief", ack_within = "20m" } },
    act_within = "2h" },
  aw.rule { id = "fever", run = function(a) if (a.temp or 0) >= 38.5 then return { level = "urgent", reason = "fever" } end end },
  aw.form { id = "check", title = { zh = "体温", en = "Check" }, abnormal = "fever",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "今天的体温？", en = "Temperature?" },
    { id = "words", kind = "text", optional = true, zh = "还有？", en = "More?" } },
  aw.form { id = "wound", title = { zh = "伤口", en = "Wound" }, { id = "dry", kind = "yesno", zh = "干？", en = "Dry?" } },
  aw.template { id = "hello", zh = "您好 {patient.name}", en = "Hello {patient.name}" },
  aw.pathway { id = "way", program = "brand", title = { zh = "随访", en = "Way" }, anchor = "discharge",
    enroll = { on = "discharge", procedure = { "81.51", "关节置换" } },
    steps = {
      aw.step { id = "check", every = "1d 10:00", from = "1d", to = "3d", run = function(p)
        if not p:ask("check", { within = "24h", remind = "8h" }) then
          p:wait(p:task { id = "call", role = "nurse", form = "check", due = "8bh" })
        end
      end },
      aw.step { id = "last", at = "10d 10:00", run = function(p) p:send "hello" end },
    } },
}
]]

-- The same in a ward where more goes wrong: what comes beside the answers is heard too.
month.OTHER = month.SCRIPT:gsub('id = "w"', 'id = "v"'):gsub('id = "way"', 'id = "hard"'):gsub('"call"', '"ring"')
  :gsub("81%.51", "52.7"):gsub("关节置换", "胰腺")
  :gsub("steps = {", [[watches = {
      aw.watch { id = "hot", on = "observation:temperature", where = function(f) return f.event.value >= 38.5 end,
        run = function(p) p:alert { id = "hot", level = "urgent", reason = "measured" } end },
      aw.watch { id = "blood", on = "reply", where = function(f) return f.event.text:find("血", 1, true) ~= nil end,
        run = function(p) p:alert { id = "blood", level = "soon", reason = "written" } end },
    },
    steps = {]])

-- Among them one who is measured, writes back, has a bad number for a day, comes back to hospital and wants no more messages;
-- and one who dies.
local function trouble(w)
  local function leaves(o)
    local pt = w:patient(o)
    w:discharge(pt, { department = "v", procedures = { "52.7" } })
    return pt
  end
  local much, dead, rung = leaves { age = 60, family = true }, leaves { age = 90 }, leaves { age = 50 }
  return {
    [1] = function()
      much:reply "伤口有血"
      w:task("read-reply"):done { code = "done" }
      w:alert_named("blood"):done()
      dead:answer("check", { temp = 37 })
      much.unreachable = true
    end,
    [2] = function()
      much.unreachable = false
      w:observe(much, "temperature", 38.8, { unit = "Cel" })
      w:alert_named("hot"):done()
      rung:answer("check", { temp = 36.4 }, { by = "family" })
      local function read(value, status)                    -- one reading: corrected down, up again, taken back
        w:event(rung, "observation", { observation = { code = "temperature", unit = "Cel", value = value, reading = "T1", status = status } })
        w:advance "1m"
      end
      read(39.2)
      w:alert_named("hot"):done()
      read(36.9, "corrected") read(39.5, "corrected") read(39.5, "deleted")
    end,
    [3] = function()
      w:event(much, "admission", { department = "v" })
      w:event(dead, "death")
    end,
    [4] = function()
      w:discharge(much, { department = "v" })
      rung:opt_out()
    end,
    [5] = function()
      while w:task "ring" do w:task("ring"):done { code = "done", answer = { temp = 36.5 } } end
    end,
  }
end

-- As it was, in the database of a state folder.
local function write(folder)
  local w = sim.world { at = "2026-01-05 09:00", site = SITE, file = folder .. "/afterward.db", scripts = {
    ["w/w.lua"] = month.SCRIPT, ["v/v.lua"] = month.OTHER } }
  local troubles = trouble(w)
  local function leaves(o, event)
    local pt = w:patient(o)
    w:discharge(pt, { department = "w", ward = "3", procedures = event or { { code = "81.51", name = "关节置换" } } })
    return pt
  end
  local hot, warm, well, late = leaves { age = 70 }, leaves { age = 71 }, leaves { age = 72, family = true },
    leaves({ age = 74 }, { { name = "关节置换" } })
  leaves { age = 73 }                                       -- who says nothing and is rung up
  local everybody = { hot, warm, well, late }
  for day = 1, 3 do
    w:advance_to(("2026-01-%02d 10:20"):format(5 + day))
    for _, pt in ipairs(everybody) do
      local temp = pt == hot and ({ 37.2, 38.0, 38.9 })[day] or pt == warm and day == 2 and 38.1 or 36.5
      pt:answer("check", { temp = temp, words = day == 1 and "王小兰说很好" or nil }, { by = pt == well and day == 3 and "family" or nil })
      w:advance "1m"
    end
    troubles[day]()
    if day == 3 then
      w:advance "30m"
      w:alert_named("fever"):ack()
      w:advance "1h"
      w:alert_named("fever"):done()
    end
    if day == 2 then
      w:event(late, "procedure", { procedures = { { code = "81.51", name = "关节置换" } } })
      w:task("call"):done { code = "完成", answer = { temp = 36.6 } }
    end
  end
  w:advance "26h"
  troubles[4]()
  w:task("call"):done { code = "done", answer = { temp = 36.7 } }
  for day = 10, 20 do
    w:advance_to(("2026-01-%02d 15:00"):format(day))
    troubles[5]()
  end
  w:advance_to "2026-03-01 20:00"
  assert(not w.stuck[1])
  for _, enrollment in ipairs(w.enrollments) do assert(not enrollment.live, enrollment.pathway) end
  leaves { age = 80 }                                       -- who is on her way
  w:advance_to "2026-03-02 10:30"
  w:close()
end

-- A folder of its own, to be removed by whoever asks for it.
function month.folder()
  local folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-spec-XXXXXX"))
  write(folder)
  return folder
end

return month
