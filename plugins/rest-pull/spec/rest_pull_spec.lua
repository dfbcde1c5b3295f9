-- What an odd web service is asked, and what its records become.
local channel = require "afterward.channel"
local Plugin = require "functional.support.plugin"

local URL = "https://his.example.org/ws/out"
local MAP = { kind = { from = "state", words = { ["出院"] = "discharge", ["入院"] = "admission", ["预约"] = false } },
  at = { from = "outTime", time = true }, visit = "no", department = { from = "dept.code", words = { ["0302"] = "ortho" } },
  patient = { mrn = "pid", name = "name", sex = { from = "sex", words = { ["1"] = "male", ["2"] = "female", ["*"] = "other" } },
    birth = "birth", phone = { from = "tel", text = true } },
  procedures = { from = "ops", each = { code = "icd", name = "title" } } }
local RECORD = { id = 17, updated = "2026-03-01 20:00:00", state = "出院", outTime = "2026-03-01 18:30:00", no = "ZY1", dept = { code = "0302" },
  pid = "M1", name = "王兰", sex = 2, birth = "1951-02-03", tel = 13800001111, ops = { { icd = "81.51", title = "髋关节置换" } } }

local function settings(more)
  local out = { url = URL, since = "2026-02-01 00:00:00", map = MAP, list = "data.rows", size = 2, times = "plain" }
  for key, value in pairs(more or {}) do out[key] = value end
  return out
end
local function changed(more)
  local out = {}
  for key, value in pairs(RECORD) do out[key] = value end
  for key, value in pairs(more) do out[key] = value end
  return out
end

describe("rest-pull", function()
  local c
  local function with(more)
    if c then c:close() end
    c = assert(channel.open("plugins/rest-pull", settings(more)))
    return c
  end
  local function refused(more) return select(2, channel.open("plugins/rest-pull", settings(more))) end
  local function first(record, more) return with(more):pulled({ json = { data = { rows = { record } } } }).records[1] end
  before_each(function() with() end)
  after_each(function()
    c:close()
    c = nil
  end)

  it("asks since when, page by page, as the service calls it and writes its times", function()
    assert.equal(URL .. "?page=1&size=2&updatedSince=2026-02-01%2000%3A00%3A00", c:pull().url)
    assert.equal(URL .. "?page=3&size=2&updatedSince=2026-03-01%2019%3A50%3A00", c:pull { mark = 1772366400000, page = 3 }.url)
    with { since_name = "from", page_name = "", size_name = "", query = { org = "01" }, times = "seconds", since = "0" }
    assert.equal(URL .. "?from=1772365800&org=01", c:pull { mark = 1772366400000 }.url)
    assert.truthy(with { times = "iso" }:pull { mark = 1772366400000 }.url:find("2026-03-01T19%3A50%3A00%2B08%3A00", 1, true))
    local request = with { method = "POST", token = { secret = "t" } }:pull()
    assert.same({ "POST", URL, "Bearer t", '{"page":"1","size":"2","updatedSince":"2026-02-01 00:00:00"}' },
      { request.method, request.url, request.headers.Authorization, request.body })
  end)

  it("makes an event of a record by the hospital's own words, codes and times", function()
    assert.same({ at = "data.rows.1", id = "17", version = "2026-03-01 20:00:00", event = { kind = "discharge", at = "2026-03-01T18:30:00+08:00",
      visit = "ZY1", department = "ortho", procedures = { { code = "81.51", name = "髋关节置换" } },
      patient = { mrn = "M1", name = "王兰", sex = "female", birth = "1951-02-03", phone = "13800001111" } } }, first(RECORD))
    assert.equal("other", first(changed { sex = 9 }).event.patient.sex)
    assert.is_nil(first(changed { ops = {} }).event.procedures)
  end)

  it("passes over what is none of ours, and says of what it can't make an event of why", function()
    assert.is_nil(first(changed { state = "预约" }))
    assert.equal('kind: "转科" stands for nothing in its words', first(changed { state = "转科" }).wrong)
    assert.equal('at: "yesterday" is no time', first(changed { outTime = "yesterday" }).wrong)
    assert.equal("it has no nr: is the setting id right?", first(RECORD, { id = "nr" }).wrong)
  end)

  it("goes on until a page is empty, or comes again, then from the newest change", function()
    local answer = c:pulled { json = { data = { rows = { RECORD, changed { id = 18, updated = "2026-03-01 20:10:00" } } } } }
    assert.same({ true, 2 }, { answer.more, answer.state.page })
    local page = { json = { data = { rows = { changed { id = 19, updated = "2026-03-01 19:00:00" } } } } }
    answer = c:pulled(page, answer.state)                             -- fewer than asked for: the service may have its own measure
    assert.same({ true, 3 }, { answer.more, answer.state.page })
    local state = answer.state
    answer = c:pulled(page, state)
    assert.falsy(answer.more)
    answer = c:pulled({ json = { data = { rows = {} } } }, state)
    assert.same({ mark = 1772367000000, watermark = 1772367000000 }, answer.state)
    assert.is_nil(answer.more)
    local future = { json = { data = { rows = { changed { updated = "2099-01-01 00:00:00" } } } },
      headers = { date = "Sun, 01 Mar 2026 12:00:00 GMT" } }
    assert.equal(1772366400000, c:pulled(future).state.seen)
  end)

  it("understands refusals, also those that come as 200", function()
    assert.same({ retry = 9, detail = "HTTP 429" }, c:pulled { status = 429, headers = { ["retry-after"] = "9" } })
    assert.equal("HTTP 401: bad key: check token, or user and password", c:pulled { status = 401, json = { message = "bad key" } }.config)
    assert.matches("check url", c:pulled { status = 404 }.config)
    assert.matches("no JSON", c:pulled {}.detail)
    assert.matches('no list at "data.rows"', c:pulled { json = { data = {} } }.config)
    with { good = { code = 0 } }
    assert.same({ retry = true, detail = "it answered that it can't: 系统忙" }, c:pulled { json = { code = 500, message = "系统忙" } })
    assert.equal(0, #c:pulled { json = { code = 0, data = { rows = {} } } }.records)
  end)

  it("says at the start what is wrong with its map", function()
    assert.matches("map.kind is missing", refused { map = { at = "x" } })
    assert.matches('write { value = "discharge" }', refused { map = { kind = "discharge" } })
    assert.matches("size_nam is no setting of rest%-pull", refused { size_nam = "n" })
  end)

  it("opens with the settings of its README", function() Plugin.configured("rest-pull"):close() end)
end)
