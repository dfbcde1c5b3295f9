-- Who may see whom and do what: tokens, scopes and departments at the door of the real daemon.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local TASK = 'aw.step { id = "call", at = "30m", run = function(p) p:task { id = "call", role = "nurse", due = "8h" } end },'

describe("a token", function()
  local h, ours, theirs, tasks
  setup(function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", TASK), ["v/v.lua"] = Hospital.ward("v", TASK) } }:start()
    h:event(h:discharge(1))
    h:event(h:discharge(2, { department = "v" }))
    tasks = wait.till("both have work", function()
      local items = h:get("/tasks").items
      return #items == 2 and items
    end)
    if tasks[1].department ~= "w" then tasks = { tasks[2], tasks[1] } end
    ours, theirs = h:patient(1).id, h:patient(2).id
  end)
  teardown(function() h:close() end)

  it("of one department sees its own patients and nobody else's, by no way", function()
    for token, see in pairs { ward = { ours, theirs, 1, 2 }, other = { theirs, ours, 2, 1 } } do
      local mine, foreign, own, n = table.unpack(see)
      local o = { token = token }
      assert.equal(200, (h:call("GET", "/patients/" .. mine, nil, o)))
      assert.equal(404, (h:call("GET", "/patients/" .. foreign, nil, o)))
      assert.equal(404, (h:call("GET", "/patients/" .. foreign .. "/timeline", nil, o)))
      assert.equal(404, (h:call("GET", "/tasks/" .. tasks[n].id, nil, o)))
      assert.equal(404, (h:call("POST", "/tasks/" .. tasks[n].id .. "/claim", nil, o)))
      assert.equal(404, (h:call("POST", "/patients/" .. foreign .. "/opt-out", nil, o)))
      assert.same({}, h:get("/patients?mrn=M" .. n, o).items)
      assert.same({}, h:get("/patients?phone=" .. Hospital.phone(n), o).items)
      for _, list in ipairs { "/tasks", "/enrollments", "/ahead", "/runs", "/messages?status=planned", "/alerts" } do
        for _, item in ipairs(h:get(list, o).items) do assert.equal(mine, item.patient, list) end
        for _, item in ipairs(h:get(list .. (list:find "?" and "&" or "?") .. "patient=" .. foreign, o).items) do error(item.id) end
      end
      assert.equal(1, h:get("/summary", o).enrolled)
      assert.equal(1, #h:get("/tasks?department=" .. ({ "w", "v" })[own], o).items)
      assert.equal(404, (h:call("GET", "/summary?department=" .. ({ "w", "v" })[n], nil, o)))
    end
  end)

  it("of one department cannot see whom another department sees, though it knows the id of its own kind", function()
    assert.equal(404, (h:call("GET", "/patients/" .. tasks[2].id, nil, { token = "ward" })))
    assert.equal(404, (h:call("GET", "/patients/1", nil, { token = "ward" })))
    assert.equal(400, (h:call("GET", "/patients/..%2fpatients", nil, { token = "ward" })))
  end)

  it("that may read may not write", function()
    local o = { token = "reader" }
    assert.equal(200, (h:call("GET", "/tasks", nil, o)))
    for _, path in ipairs { "/tasks/" .. tasks[1].id .. "/claim", "/patients/" .. ours .. "/opt-out", "/duty", "/events", "/staff" } do
      local status, problem, headers = h:call("POST", path, { id = "x" }, o)
      assert.equal(403, status, path)
      assert.equal("application/problem+json", headers["content-type"])
      assert.matches("scope", problem.detail)
    end
    assert.equal("open", h:get("/tasks/" .. tasks[1].id).status)
  end)

  it("that may post events may not read", function()
    for _, path in ipairs { "/tasks", "/patients?mrn=M1", "/patients/" .. ours, "/summary", "/inbox/refused" } do
      assert.equal(403, (h:call("GET", path, nil, { token = "his" })), path)
    end
  end)

  it("with contacts sees numbers whole, without them masked", function()
    local function number(token)
      for _, identity in ipairs(h:get("/patients/" .. ours, { token = token }).numbers[1].identities) do
        if identity.kind == "phone" then return identity.value end
      end
    end
    assert.equal(Hospital.phone(1), number "boss")
    assert.is_nil(number "ward":find(Hospital.phone(1):sub(1, 7), 1, true))
  end)

  it("that is missing, wrong or cut short opens nothing, and the answer says how to ask", function()
    local good = Hospital.TOKENS.boss
    for _, words in ipairs { false, "", "Bearer", "Bearer ", "Bearer " .. good:sub(1, -2), "Bearer " .. good .. "x", "Basic " .. good,
      good, "Bearer nobody" } do
      local status, problem, headers = h:call("GET", "/tasks", nil, { token = false, Authorization = words or nil })
      assert.equal(401, status, tostring(words))
      assert.equal("application/problem+json", headers["content-type"])
      assert.matches("^Bearer", headers["www-authenticate"])
      assert.equal(401, problem.status)
    end
  end)

  it("is not needed where machines and patients knock", function()
    for path, expected in pairs { ["/healthz"] = 200, ["/metrics"] = 200, ["/f"] = 200 } do
      assert.equal(expected, (h:call("GET", path, nil, { token = false })), path)
    end
  end)
end)
