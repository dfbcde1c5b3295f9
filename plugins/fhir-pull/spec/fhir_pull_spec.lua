-- What a FHIR server is asked, and what its answers mean.
local channel = require "afterward.channel"
local Plugin = require "functional.support.plugin"

local URL = "https://his.example.org/fhir"
local function settings(more)
  local out = { url = URL .. "/", since = "2026-02-01", token = { secret = "t0k" }, types = { "Patient", "Encounter?status=finished" } }
  for key, value in pairs(more or {}) do out[key] = value end
  return out
end
local function bundle(o)
  return { resourceType = "Bundle", entry = o.entry, link = o.next and { { relation = "self", url = URL }, { relation = "next", url = o.next } } }
end
local function resource(type, id, at, version)
  return { resource = { resourceType = type, id = id, meta = { lastUpdated = at, versionId = version } }, search = { mode = "match" } }
end

describe("fhir-pull", function()
  local c
  before_each(function() c = assert(channel.open("plugins/fhir-pull", settings())) end)
  after_each(function() c:close() end)
  local function with(more)
    c:close()
    c = assert(channel.open("plugins/fhir-pull", settings(more)))
    return c
  end

  it("asks for each type in turn, since the day that is configured, with a token that is not shown", function()
    local request = c:pull()
    assert.same({ "GET", URL .. "/Patient?_count=100&_sort=_lastUpdated&_lastUpdated=ge2026-02-01", "Bearer t0k" },
      { request.method, request.url, request.headers.Authorization })
    assert.equal("Bearer ***", request.shown.headers.Authorization)
    local answer = c:pulled { json = bundle {} }
    assert.same({ true, 2 }, { answer.more, answer.state.type })
    assert.equal(URL .. "/Encounter?status=finished&_count=100&_sort=_lastUpdated&_lastUpdated=ge2026-02-01", c:pull(answer.state).url)
    answer = c:pulled({ json = bundle {} }, answer.state)
    assert.falsy(answer.more or answer.state.type)
  end)

  it("goes on from the newest time that the server wrote, less the overlap, when all pages are there", function()
    local answer = c:pulled { json = bundle { next = "?page=2", entry = { resource("Patient", "1", "2026-03-01T20:00:00+08:00", "7"),
      resource("Patient", "2", "2026-03-01T11:30:00.5Z", "1") } } }
    assert.same({ URL .. "/?page=2", true }, { c:pull(answer.state).url, answer.more })
    assert.same({ { at = "entry.1.resource", id = "Patient/1", version = "7" }, { at = "entry.2.resource", id = "Patient/2", version = "1" } },
      answer.records)
    answer = c:pulled({ json = bundle { entry = { resource("Patient", "3", "2026-03-01T09:00:00Z") } } }, answer.state)
    assert.equal(1772366400000, answer.state.watermark)
    assert.equal("2026-03-01T09:00:00Z", answer.records[1].version)
    local url = c:pull { marks = answer.state.marks }.url
    assert.truthy(url:find("_lastUpdated=ge2026-03-01T11%3A50%3A00Z", 1, true), url)
  end)

  it("goes no further than the server's clock, and not by what came along with a match", function()
    local future = resource("Patient", "1", "2099-01-01T00:00:00Z")
    local answer = c:pulled { headers = { date = "Sun, 01 Mar 2026 12:00:00 GMT" }, json = bundle { entry = { future } } }
    assert.equal(1772366400000, answer.state.watermark)
    future.search.mode = "include"
    answer = c:pulled { json = bundle { entry = { future, { resource = { resourceType = "OperationOutcome" }, search = { mode = "outcome" } } } } }
    assert.is_nil(answer.state.watermark)
    assert.equal(1, #answer.records)
  end)

  it("takes patients of a page before who refers to them", function()
    local answer = c:pulled { json = bundle { entry = { resource("Encounter", "e"), resource("Patient", "p") } } }
    assert.same({ "entry.2.resource", "entry.1.resource" }, { answer.records[1].at, answer.records[2].at })
  end)

  it("follows links of every shape", function()
    for link, url in pairs { [URL .. "?p=2"] = URL .. "?p=2", ["/fhir?p=2"] = "https://his.example.org/fhir?p=2",
      ["Patient?p=2"] = URL .. "/Patient?p=2" } do
      assert.equal(url, c:pull(c:pulled { json = bundle { next = link } }.state).url)
    end
  end)

  for what, case in pairs {
    ["too much asked"] = { 429, { ["retry-after"] = "17" }, { retry = 17, detail = "HTTP 429" } },
    ["a fall"] = { 502, {}, { retry = true, detail = "HTTP 502" } },
    ["an address that leads nowhere"] = { 302, {}, { retry = true, detail = "HTTP 302" } },
  } do
    it("understands " .. what, function() assert.same(case[3], c:pulled { status = case[1], headers = case[2] }) end)
  end

  it("says what a person has to mend", function()
    local said = { issue = { { diagnostics = "unknown parameter _sort" } } }
    assert.equal("HTTP 400: unknown parameter _sort: where it does not know _sort, set sort = false", c:pulled { status = 400, json = said }.config)
    assert.matches("check token", c:pulled { status = 401 }.config)
    assert.matches("may not read", c:pulled { status = 403 }.config)
    assert.matches("base address", c:pulled { status = 404 }.config)
    assert.is_nil(with { sort = false }:pull().url:find("_sort", 1, true))
  end)

  it("begins again at the watermark when a page is no more, or leads to itself, or is none", function()
    local state = { marks = { Patient = 1772366400000 }, next = URL .. "?p=2", seen = 5 }
    local answer = c:pulled({ status = 410 }, state)
    assert.same({ true, { marks = state.marks } }, { answer.retry, answer.state })
    assert.is_true(c:pulled({ json = bundle { next = state.next } }, state).retry)
    for _, json in ipairs { false, 7, { resourceType = "Patient" } } do assert.is_true(c:pulled({ json = json or nil }, state).retry) end
  end)

  it("is let in by name and password, and by headers of its own", function()
    local request = with { token = nil, user = "ward", password = { secret = "p" }, headers = { ["X-Key"] = { secret = "k" } } }:pull()
    assert.same({ "Basic d2FyZDpw", "k" }, { request.headers.Authorization, request.headers["X-Key"] })
    local none, why = channel.open("plugins/fhir-pull", { url = URL })
    assert.same({ nil, 'connector "sms": since is missing: how far back the first time: a day, such as "2026-11-01"' }, { none, why })
  end)

  it("opens with the settings of its README", function() Plugin.configured("fhir-pull"):close() end)
end)
