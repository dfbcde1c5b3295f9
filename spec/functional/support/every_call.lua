-- Calls by a PBX that misbehaves in every way, each with each way of telling how they ended: one request a call, and an end in its time.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local Calls = {}

local STEP = 'aw.step { id = "s", at = "10m", valid_for = "6h", run = function(p) p:task { id = "ring", role = "nurse", due = "8h" } end },'

function Calls.ward(department) return Hospital.ward(department, STEP) end

local function ask(h, method, path, body)
  return h.client:ask(method, "/api/v1" .. path, { Authorization = "Bearer " .. Hospital.TOKENS.boss, ["Content-Type"] = "application/json" }, body)
end

local function task_of(h, n)
  local patient = h:patient(n)
  return patient and h:get("/tasks?patient=" .. patient.id).items[1]
end

-- As soon as there is a task; once. All of them go on beside each other.
function Calls.dial(h, person)
  wait.go(function()
    local task
    for _ = 1, 400 do
      task = task or wait.inside and task_of(h, person.n)
      if task then break end
      wait.sleep(50)
    end
    person.dialled = task and ask(h, "POST", "/tasks/" .. task.id .. "/dial", '{"extension":"8001"}') or 0
  end)
end

local REFUSED = { ["429"] = true, ["503"] = true }
-- What it tells, in the words of the task; the first that is believed counts.
local ENDS = { delivered = "answered", failed = "busy" }

-- What is wrong with one call; counts into found.
function Calls.look_at(h, person, patient, found)
  local task = h:get("/tasks/" .. h:get("/tasks?patient=" .. patient.id).items[1].id)
  local dial = task.dials[1] or {}
  local function wrong(what)
    found[what] = found[what] + 1
    io.stderr:write(("  pbx by %s, receipts %s: asked %d times (%s), here %s: %s\n"):format(person.manner, person.receipts, person.seen,
      tostring(person.dialled), tostring(dial.status), what))
  end
  local expected = REFUSED[person.manner] and "failed" or person.first and ENDS[person.first] or "unknown"
  if person.dialled ~= 200 or #task.dials ~= 1 then wrong "disagree" end
  if person.seen > 1 then wrong "sent_twice" end
  if dial.status == "in_flight" or dial.status == "accepted" or task.ringing then
    wrong "open"
  elseif dial.status ~= expected then
    wrong "untrue"
  end
  if person.forged and person.forged ~= 403 then wrong "forged" end
  return (dial.status == "failed" or dial.status == "unknown") and dial.status or dial.ended_at and "ok" or "open"
end

return Calls
