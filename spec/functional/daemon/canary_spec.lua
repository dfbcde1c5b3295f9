-- A new version is tried on some enrollments, compared in figures, and then for all or for nobody: by command line alone.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local function ward(step, keys)
  local text = Hospital.ward("w", ([[aw.step { id = "%s", at = "1h", run = function(p)
    p:ask("check", { within = "30d" })
  end },]]):format(step))
  return (text:gsub("steps = {", (keys or "") .. " steps = {", 1))
end
local ROLLOUT = "rollout = { percent = 50 },"

describe("a version that is tried on some", function()
  randomize(false)
  local h, pathway
  local function said(...)
    local output, exit, errors = h:afterward(...)
    assert.equal(0, exit, output .. errors)
    return output
  end
  local function asked(name, n)
    return wait.till(n .. " asked by " .. name, function()
      local runs = {}
      for _, run in ipairs(h:get("/runs?status=waiting&department=w&limit=200").items) do
        if run.name == name then runs[#runs + 1] = run end
      end
      return #runs >= n and runs
    end, 20)
  end
  setup(function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = ward "first" } }:start()
    h:event(h:discharge(1))
    asked("first", 1)
    pathway = h:get("/enrollments").items[1].pathway
  end)
  teardown(function() h:close() end)

  it("waits as a candidate that some follow already, over a restart, too", function()
    h:script("w/w.lua", ward("second", ROLLOUT))
    local candidate = wait.till("held", function()
      local found = h:get("/bundles/w").candidate
      return type(found) == "table" and found.status == "held" and found
    end)
    assert.matches("^tried on 50 %% of " .. pathway, candidate.reason)
    h:restart()
    for i = 2, 25 do h:event(h:discharge(i)) end
    asked("second", 3)
    asked("first", 4)
    assert.same({}, h:get("/runs?behind=yes").items)         -- who follows it is not behind
  end)

  it("is compared with the active one in numbers of patients, answers, alerts", function()
    local both = wait.till("all have begun", function()
      local both = json.decode((said("compare", pathway, "--json")))
      return both.active.patients + both.tried.patients == 24 and both
    end, 20)
    assert.is_true(both.tried.patients >= 3 and both.active.patients >= 3)
    assert.same({ both.tried.patients, 0 }, { both.tried.asked, both.tried.answered_percent })
    assert.matches("patients +" .. both.active.patients .. " +" .. both.tried.patients, said("compare", pathway))
    local _, exit, errors = h:afterward("compare", "no-such")
    assert.equal(1, exit)
    assert.matches("no pathway 'no%-such' %(pathways: way%)", errors)
  end)

  it("withdrawn is followed by nobody new", function()
    said("withdraw", "w")
    assert.equal("withdrawn", h:get("/bundles/w").candidate.status)
    local before = #asked("second", 1)
    for i = 26, 37 do h:event(h:discharge(i)) end
    asked("first", 12)
    wait.ms(1500)
    assert.equal(before, #asked("second", 1))
    assert.equal(1, (select(2, h:afterward("withdraw", "w"))))
  end)

  it("withdrawn can still be compared: by whom it ended, and with no run begun since", function()
    local both = json.decode((said("compare", pathway, "--json")))
    assert.same({ "withdrawn", "chen", 24 }, { both.ended, both.ended_by, both.active.patients + both.tried.patients })
    assert.is_true(both.tried.patients >= 3 and both.ended_at > both.since)
    assert.matches("^Since .* until .*: withdrawn by chen\n", said("compare", pathway))
  end)

  it("withdrawn may be tried again", function()
    said("activate", "w")
    local candidate = h:get("/bundles/w").candidate
    assert.same({ "held", true }, { candidate.status, candidate.reason:find "^tried on 50 %% of" ~= nil })
    said("withdraw", "w")
  end)

  it("promoted is the active one", function()
    h:script("w/w.lua", ward("third", ROLLOUT))
    wait.till("tried", function()
      local found = h:get("/bundles/w").candidate
      return type(found) == "table" and found.status == "held"
    end)
    local was = h:get("/bundles/w").active.hash
    said("promote", "w")
    local now = h:get("/bundles/w")
    assert.not_equal(was, now.active.hash)
    assert.is_nil(type(now.candidate) == "table" and now.candidate or nil)
    for i = 38, 45 do h:event(h:discharge(i)) end
    asked("third", 8)
    local both = json.decode((said("compare", pathway, "--json")))
    assert.same({ "promoted", "chen" }, { both.ended, both.ended_by })
    assert.same({ was:sub(1, 12), now.active.short }, { both.version, both.tried_version })
    assert.same({ 0, 0 }, { both.active.patients, both.tried.patients })   -- nobody came while it was tried
  end)
end)
