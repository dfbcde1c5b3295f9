-- Scripts that are edited while patients are on them, as the department's informatics officer sees it.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"
local uv = require "luv"

local STEP = 'aw.step { id = "%s", at = "%s", run = function(p) p:ask("check", { within = "9d" }) end },'
local function ward(step, at, more) return Hospital.ward("w", STEP:format(step or "first", at or "1d"), more) end
local function keyed(text, keys) return (text:gsub("aw%.department { ", "aw.department { " .. keys .. ", ")) end

local function hospital(o)
  o = o or {}
  o.scripts = o.scripts or { ["w/w.lua"] = ward() }
  return Hospital.open(o):start(o.env)
end
local function bundle(h, department) return h:get("/bundles/" .. (department or "w")) end
local function active(h, hash)
  return wait.till("another version is active", function()
    local now = bundle(h).active
    return now.hash ~= hash and now
  end)
end
local function refused(h)
  return wait.till("it is refused", function()
    local candidate = bundle(h).candidate
    return type(candidate) == "table" and candidate.status == "refused" and candidate
  end)
end
local function planned(h, n)
  h:event(h:discharge(n))
  local patient = wait.till("known", function() return h:patient(n) end)
  local enrollment = wait.till("enrolled", function() return h:get("/enrollments?patient=" .. patient.id).items[1] end)
  return enrollment.planned
end
local function count(text, what) return select(2, text:gsub(what, "")) end
local function sh(h, command) assert(os.execute("cd '" .. h.folder .. "/scripts' && " .. command)) end

describe("saving a script", function()
  it("takes effect within two seconds, however the editor writes it, in folders old and new", function()
    local h = hospital()
    local was = bundle(h).active
    assert.equal("start", was.by)
    for i, save in ipairs {
      function(text) h:script("w/w.lua", text) end,                                  -- written beside and renamed
      function(text)                                                                 -- written in place, in two goes
        local file <close> = assert(io.open(h.folder .. "/scripts/w/w.lua", "w"))
        file:write(text:sub(1, 300))
        file:flush()
        wait.ms(60)
        file:write(text:sub(301))
      end,
      function(text)                                                                 -- moved into a folder that is new
        h:script("w/deep/inside/more.lua", "return 1")
        wait.ms(400)
        os.remove(h.folder .. "/scripts/w/w.lua")
        h:script("w/deep/inside/w.lua", text)
      end,
    } do
      local saved = uv.hrtime()
      save(ward("edit-" .. i))
      local now = active(h, was.hash)
      assert.is_true((uv.hrtime() - saved) / 1e9 < 2 + 0.5 * i)
      assert.equal("files", now.by)
      local good = wait.till("the step is planned", function()
        local plan = planned(h, i)
        return json.encode(plan):find("edit-" .. i, 1, true)
      end)
      assert.truthy(good)
      was = bundle(h).active
    end
    assert.equal(0, count(h:words(), "bundle%.refused"))
    h:close()
  end)

  it("that is broken changes nothing, says file, line and reason once, and is forgotten when it is mended", function()
    local h = hospital()
    local was = bundle(h).active.hash
    h:script("w/w.lua", ward() .. "\nlocal x = = 1\n")
    local candidate = refused(h)
    assert.equal("w/w.lua", candidate.file)
    assert.is_true(candidate.line > 15)
    assert.matches("w/w%.lua:%d+: <eof> expected near 'local'", candidate.reason)
    assert.equal(was, bundle(h).active.hash)
    assert.matches("first", json.encode(planned(h, 1)))
    local text, code, errors = h:afterward("bundles")
    assert.equal(0, code)
    assert.equal("", errors)
    assert.matches("w/w%.lua +%d+ +w/w%.lua:%d+: <eof> expected", text)
    h:signal "sighup"
    sh(h, "touch w/w.lua && echo note > w/note.txt")
    h:restart()
    h:signal "sighup"
    wait.ms(500)
    assert.equal(1, count(h:words(), "bundle%.refused"))                  -- the same files are not tried again
    text, code = h:afterward("reload", "w")
    assert.equal(1, code)
    assert.matches("^w runs version %x+, active since [%d%-: ]+, by start%.\nIts files are refused since [%d%-: ]+: w/w.lua:%d+: .*"
      .. "<eof> expected", text)
    assert.matches("\n\nFOUND IN ITS FILES\nFILE +LINE +CODE +MESSAGE\nw/w.lua +%d+ +load +", text)
    assert.matches("^The files of 1 department were looked at, those of 1 are refused%.\n\nDEPARTMENT ", (h:afterward "reload"))
    assert.equal(3, count(h:words(), "bundle%.refused"))                  -- unless somebody asks
    text, code, errors = h:afterward("reload", "nobody")
    assert.equal("", text)
    assert.equal(1, code)
    assert.equal(1, count(errors, "no department 'nobody' %(departments: w%)"))
    h:script("w/w.lua", ward())
    wait.till("forgotten", function() return bundle(h).candidate == nil or bundle(h).candidate == json.null end)
    assert.equal(was, bundle(h).active.hash)
    h:close()
  end)

  it("touches only the departments that use it", function()
    local v = Hospital.ward("v", STEP:format("first", "1d")):gsub("return {", 'local kit = require "shared.kit"\nreturn {', 1)
    local h = hospital { scripts = { ["w/w.lua"] = ward(), ["v/v.lua"] = v, ["shared/kit.lua"] = "return 1" } }
    local w, was = bundle(h, "w").active, bundle(h, "v").active
    h:script("shared/kit.lua", "return 2")
    wait.till("v is loaded again", function() return bundle(h, "v").active.hash ~= was.hash end)
    wait.till("nothing is done any more", function() return bundle(h, "w").doing == nil end)
    assert.same(w, bundle(h, "w").active)
    h:close()
  end)
end)

describe("a pathway that is gone", function()
  it("does not end for its patients because of a slip: somebody says so first", function()
    local h = hospital()
    local was = bundle(h).active.hash
    planned(h, 1)
    h:script("w/w.lua", (ward():gsub('"way"', '"other"')))
    local held = wait.till("held", function()
      local candidate = bundle(h).candidate
      return type(candidate) == "table" and candidate.status == "held" and candidate
    end)
    assert.matches('pathway "way" is gone, and would end for 1 on it', held.reason)
    assert.equal(was, bundle(h).active.hash)
    assert.equal("active", h:get("/enrollments").items[1].status)
    h:afterward("activate", "w")
    wait.till("it has ended", function() return h:get("/enrollments").items[1].status == "ended" end)
    h:close()
  end)
end)

describe("a rule that is gone", function()
  local RULE = 'aw.rule { id = "worse", result = "boolean", run = function(a) return (a.temp or 0) > 38 end },'
  local function asking(first, rule)
    return Hospital.ward("w", ([[aw.step { id = "s", at = "enroll", run = function(p)
      %s local a = p:ask("check", { within = "9d" }) %s
    end },]]):format(first, rule and 'if a then p:note(tostring(p:rule("worse", a))) end' or ""), rule and RULE)
  end
  it("is refused while a run that stays on its scripts will ask for it, and goes when none will", function()
    local h = hospital { scripts = { ["w/w.lua"] = asking("", true) } }
    local was = bundle(h).active.hash
    h:event(h:discharge(1))
    local run = wait.till("she is asked", function() return h:get("/runs?status=waiting").items[1] end)
    h:script("w/w.lua", asking('p:task { id = "call", role = "nurse", due = "8bh" }', false))
    local reason = refused(h).reason
    assert.matches('rule "worse" is gone, and runs that stay on their version name it: ' .. run.id, reason, 1, true)
    assert.equal(was, bundle(h).active.hash)
    h:script("w/w.lua", asking("", false))                                 -- here the run moves, and asks no more
    active(h, was)
    h:close()
  end)
end)

describe("a department that wants it so", function()
  it("activates a candidate itself, and goes back to any version it had, also when the files are gone", function()
    local h = hospital { scripts = { ["w/w.lua"] = ward() } }
    local first = bundle(h).active.hash
    h:script("w/w.lua", keyed(ward "second", 'activate = "manual"'))
    local held = wait.till("held", function()
      local candidate = bundle(h).candidate
      return type(candidate) == "table" and candidate.status == "held" and candidate
    end)
    assert.equal(first, bundle(h).active.hash)
    local _, code, errors = h:afterward("activate", "w", "0000000")
    assert.equal(1, code)
    assert.matches("is another one by now", errors)
    assert.matches("^w runs version .*\nVersion " .. held.short .. " of its files waits since [%d%-: ]+: good so far: it waits until somebody "
      .. "says afterward activate%.\n",
      (h:afterward("bundles", "w")))
    assert.matches("^Activated%.\nw runs version " .. held.short .. ", active since [%d%-: ]+, by chen%.\n",
      (h:afterward("activate", "w", held.short)))
    assert.equal(held.hash, bundle(h).active.hash)
    assert.same({ "chen", "asked" }, { bundle(h).active.by, bundle(h).active.way })
    assert.matches("second", json.encode(planned(h, 1)))

    os.execute("rm -r '" .. h.folder .. "/scripts/w'")
    assert.matches("^Gone back to an earlier version%.\nw runs version " .. first:sub(1, 12) .. ", .*\nVersion " .. held.short ..
      " of its files is withdrawn since ", (h:afterward("rollback", "w")))
    assert.equal(first, bundle(h).active.hash)
    assert.matches("first", json.encode(planned(h, 2)))
    assert.equal("withdrawn", bundle(h).candidate.status)
    _, code, errors = h:afterward("rollback", "w")
    assert.equal(1, code)
    assert.matches("no version before the active one", errors)
    h:restart()
    assert.equal(first, bundle(h).active.hash)

    h:script("w/w.lua", keyed(ward "second", 'activate = "manual"'))       -- the state that was taken back
    wait.ms(700)
    assert.equal(first, bundle(h).active.hash)
    assert.equal(0, select(2, h:afterward("rollback", "w", held.short)))
    assert.equal(held.hash, bundle(h).active.hash)
    assert.same({ "back", "back", "asked", "files" }, (function()
      local ways = {}
      for i, version in ipairs(bundle(h).versions) do ways[i] = version.way end
      return ways
    end)())
    h:close()
  end)

  it("goes further back each time, also behind an edit that was undone and done again", function()
    local h = hospital()
    local oldest, one, two = bundle(h).active.hash, ward "one", ward "two"
    local hashes = {}
    for i, text in ipairs { one, two, one, two } do
      h:script("w/w.lua", text)
      hashes[i] = active(h, hashes[i - 1] or oldest).hash
    end
    for _, hash in ipairs { hashes[1], oldest } do
      assert.equal(0, select(2, h:afterward("rollback", "w")))
      assert.equal(hash, bundle(h).active.hash)
    end
    local _, code, errors = h:afterward("rollback", "w")
    assert.equal(1, code)
    assert.matches("no version before the active one", errors)
    assert.is_nil(errors:find "faster")
    h:close()
  end)

  it("has its specs pass first, beside everything else and within their time", function()
    local h = Hospital.open { scripts = { ["w/w.lua"] = keyed(ward(), 'gate = "specs"') } }
    -- Under the sanitizers Lua must have them first: what stands in the path as lua5.4 sees to it.
    os.execute("mkdir '" .. h.folder .. "/bin'")
    local file = assert(io.open(h.folder .. "/bin/lua5.4", "w"))
    file:write(('#!/bin/sh\nLD_PRELOAD="%s" ASAN_OPTIONS=detect_leaks=0 exec /usr/bin/lua5.4 "$@"\n'):format(os.getenv "LD_PRELOAD" or ""))
    file:close()
    os.execute("chmod +x '" .. h.folder .. "/bin/lua5.4'")
    local SPEC = [[
      local sim = require "afterward.sim"
      describe("the ward", function()
        it("asks after a day", function()
          assert(not os.getenv "T_BOSS", "a secret is told")
          local w = sim.world { scripts = { "scripts/w" }, at = "2026-03-02 10:00" }
          w:discharge(w:patient {}, { department = "w" })
          w:advance "%s"
          assert.equal(1, #w:sent "check")
        end)
      end)]]
    h:script("w/spec/w_spec.lua", SPEC:format "2d")
    h:start { PATH = h.folder .. "/bin:" .. os.getenv "PATH", LUA_CPATH = os.getenv "LUA_CPATH" }
    local first = wait.till("specs have passed", function()
      local status, now = h:call("GET", "/bundles/w")
      return status == 200 and (now.active or error(now.candidate.reason .. h:get("/bundles/w").candidate.output)).hash
    end, 30)
    h:script("w/spec/w_spec.lua", SPEC:format "2h")                        -- the specs alone: a candidate that does not pass
    h:script("w/w.lua", keyed(ward("other", "1d"), 'gate = "specs"'))
    local candidate = refused(h)
    assert.matches("its specs do not pass %(exit 1%)", candidate.reason)
    assert.matches("Expected objects to be equal", bundle(h).candidate.output)
    assert.equal(first, bundle(h).active.hash)
    assert.matches("Expected objects", (h:afterward("bundles", "w")))
    h:script("w/spec/w_spec.lua", SPEC:format "2d")                        -- what was wrong were the specs
    active(h, first)
    h:close()
  end)

  it("records the commit of its checkout", function()
    local h = Hospital.open { scripts = { ["w/w.lua"] = ward() } }
    sh(h, "git init -q . && git add -A && git -c user.name=x -c user.email=x@y commit -qm one")
    local pipe = io.popen("git -C '" .. h.folder .. "/scripts' rev-parse HEAD")
    local commit = pipe:read "l"
    pipe:close()
    h:start()
    assert.equal(commit, bundle(h).active.git)
    h:close()
  end)
end)

describe("a day of edits", function()
  it("with runs in flight keeps each promise, and few of its versions in memory (10,000 of them: ./dev faults edits)", function()
    local edits = require "functional.support.edits"
    local h = edits.open():start()
    assert.equal("", edits.differences(edits.play(h, { count = 300, kills = 4, roll = require "functional.support.dice" (1, "edits") })))
    local _, metrics = h:call("GET", "/metrics", nil, { token = false })
    local loaded, departments = tonumber(metrics:match "\nafterward_bundles_loaded (%d+)"), #h:get("/bundles").items
    assert.is_true(loaded >= departments and loaded <= 8 * departments, loaded .. " of " .. departments)
    h:close()
  end)
end)
