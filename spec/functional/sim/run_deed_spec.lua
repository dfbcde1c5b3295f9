-- What an informatics officer does with one run that went wrong, and who did it is kept.
local H = require "functional.sim.helper"

local BODY = [[local a, why = p:ask("check", { within = "1d" })
  p:note("asked " .. tostring(a and a.temp or why))
  local r = p:wait(p:task { id = "call", role = "nurse", due = "8bh" }, { within = "2d" })
  p:note("called " .. tostring(r and r.code))]]

local function deed(w, verb, o)
  local id = w.core:query("SELECT max(id) AS i_id FROM run WHERE name='s'")[1].id
  local body = { run = id, verb = verb, staff = "officer", reason = "because" }
  for k, v in pairs(o or {}) do body[k] = v end
  return w:_submit("run.deed", body)
end
local function audit(w) return w.core:query "SELECT actor, action, object, detail FROM audit WHERE action LIKE 'run.%' ORDER BY id" end

describe("a run that a person", function()
  it("pauses waits until it is resumed, with the time it had left; answers meanwhile count", function()
    local w, pt = H.body(BODY)
    w:advance "2h"
    assert.equal(200, deed(w, "pause").status)
    w:advance "3d"
    assert.same({}, H.notes(w))
    pt:answer("check", { temp = 37 })
    assert.same({}, H.notes(w))
    assert.equal(200, deed(w, "resume").status)
    assert.same({ "asked 37" }, H.notes(w))
    assert.same({ { actor = "officer", action = "run.pause", object = "run:1", detail = "because" },
      { actor = "officer", action = "run.resume", object = "run:1", detail = "because" } }, audit(w))
  end)

  it("paused is not resumed by the patient's going home again", function()
    local w, pt = H.body(BODY)
    w:advance "2h"
    deed(w, "pause")
    w:event(pt, "admission")
    w:advance "1d"
    w:discharge(pt)
    w:advance "3d"
    assert.equal("paused", w:run("s").status)
    w:event(pt, "admission")
    assert.equal(200, deed(w, "resume").status)             -- the patient is in a bed: it goes on at home
    assert.equal("paused", w:run("s").status)
    w:discharge(pt)
    assert.equal("waiting", w:run("s").status)
  end)

  it("cancels is over: question, messages and tasks are withdrawn", function()
    local w = H.body(BODY)
    w:advance "26h"
    assert.truthy(w:task "call")
    assert.equal(200, deed(w, "cancel").status)
    assert.is_nil(w:task "call")
    assert.same({ "ended", "cancelled" }, { w:run("s").status, w:run("s").result })
    assert.equal(409, deed(w, "cancel").status)
    assert.matches("this run is ended, so it can't be cancelled", deed(w, "cancel").detail)
  end)

  it("skips goes on as if the time of its wait were up", function()
    local w = H.body(BODY)
    w:advance "2h"
    deed(w, "skip")
    assert.same({ "asked silent" }, H.notes(w))
    deed(w, "skip")
    assert.same({ "asked silent", "called nil" }, H.notes(w))
    assert.equal("done", w:run("s").status)
  end)

  it("retries goes on where it was stuck, once the script is mended", function()
    local w, pt = H.body [[local a = p:ask("check", { within = "1d" }) p:note(a.nothing.at_all)]]
    w.expects_stuck = true
    w:advance "2h"
    pt:answer("check", { temp = 37 })
    assert.equal("stuck", w:run("s").status)
    w:load { ["w/w.lua"] = H.source { steps = H.step [[local a = p:ask("check", { within = "1d" }) p:note "mended"]] } }
    assert.equal(200, deed(w, "retry").status)
    assert.same({ "mended" }, H.notes(w))
    assert.equal("done", w:run("s").status)
    assert.equal(409, deed(w, "retry").status)
  end)

  it("resets goes back to before a word of its record; what came after is withdrawn and done again", function()
    local w, pt = H.body(BODY)
    w:advance "2h"
    pt:answer("check", { temp = 37 })
    assert.truthy(w:task "call")
    assert.equal(404, deed(w, "reset", { label = "nowhere" }).status)
    assert.matches('no "nowhere" to go back to; it has check, asked 37, call, call', deed(w, "reset", { label = "nowhere" }).detail)
    assert.equal(200, deed(w, "reset", { label = "check" }).status)
    assert.is_nil(w:task "call")
    assert.equal(1, #w:journal "s")
    assert.equal(2, #w:sent "check")
    pt:answer("check", { temp = 38 })
    w:task("call"):done { code = "done" }
    assert.same({ "asked 37", "asked 38", "called done" }, H.notes(w))
    w:crash()
    assert.equal("done", w:run("s").status)
  end)

  it("resets to a later word keeps what came before it", function()
    local w, pt = H.body(BODY)
    w:advance "2h"
    pt:answer("check", { temp = 37 })
    local before = w:journal "s"
    deed(w, "reset", { label = "asked 37" })
    assert.same(before, w:journal "s")
    assert.same({ "asked 37", "asked 37" }, H.notes(w))
    assert.equal(1, #w:sent "check")
  end)

  it("must say why, and who it is", function()
    local w = H.body(BODY)
    w:advance "2h"
    assert.matches('field "reason" is missing', deed(w, "pause", { reason = "" }).detail)
    assert.matches('field "staff" is missing', deed(w, "pause", { staff = "" }).detail)
    assert.matches("there is no such run", deed(w, "pause", { run = 99 }).detail)
    assert.same({}, audit(w))
  end)
end)

describe("when the power fails while staff mend a run", function()
  it("after any commit, or in the middle of one, it ends the same", function()
    local function play(w)
      local pt = w:patient { age = 60 }
      w:discharge(pt)
      w:advance "2h"
      pt:answer("check", { temp = 37 })
      deed(w, "reset", { label = "check" })
      deed(w, "pause")
      w:advance "1h"
      deed(w, "resume")
      deed(w, "skip")
      w:load { ["w/w.lua"] = H.source { steps = H.step(BODY .. " p:note 'newer'") } }
      w:task("call"):done { code = "done" }
    end
    local function make()
      local w = H.world { steps = H.step(BODY) }
      w:channel("sms", "keyed")
      return w
    end
    assert.is_true(H.sim.torture(make, play) > 12)
  end)
end)

describe("runs that stayed behind", function()
  local OLD = [[local a = p:ask("check", { within = "9d" }) p:note "old"]]
  local function behind(w)
    return w.core:query [[SELECT run.id AS i_id, reason, waived_by FROM run LEFT JOIN run_version v ON v.run=run.id AND
      v.bundle=(SELECT id FROM bundle WHERE active=1) WHERE ended_at IS NULL AND run.bundle<>(SELECT id FROM bundle WHERE active=1)
      ORDER BY run.id]]
  end
  local function world()
    local w = H.world { steps = H.step(OLD) }
    for _ = 1, 2 do w:discharge(w:patient { age = 60 }) end
    w:advance "2h"
    return w
  end

  it("move when they agree; who stays is told why, and may be let stay by a person with a reason", function()
    local w = world()
    w:load { ["w/w.lua"] = H.source { steps = H.step [[p:send "hello"]] } }
    assert.equal(2, #behind(w))
    assert.equal(409, w:_submit("run.deed", { run = 1, verb = "waive", staff = "officer", reason = "few days left" }).status)
    assert.equal(200, w:_submit("run.upgrade", { staff = "officer", department = "w", version = 2, moves = { 2 },
      stays = { { run = 1, position = 1, cause = "recorded ask 'check' at 1, the script did send 'hello'" } } }).status)
    assert.same({ { id = 1, reason = "recorded ask 'check' at 1, the script did send 'hello'" } }, behind(w))
    assert.equal(200, w:_submit("run.deed", { run = 1, verb = "waive", staff = "officer", reason = "few days left" }).status)
    assert.equal("officer", behind(w)[1].waived_by)
    assert.equal(409, w:_submit("run.deed", { run = 2, verb = "waive", staff = "officer", reason = "x" }).status)
  end)

  it("are left alone when the scripts have changed since they were looked at", function()
    local w = world()
    w:load { ["w/w.lua"] = H.source { steps = H.step(OLD .. " p:note 'x'") } }
    assert.equal(409, w:_submit("run.upgrade", { staff = "officer", department = "w", version = 1, moves = { 1 } }).status)
    assert.equal(2, #behind(w))
  end)
end)
