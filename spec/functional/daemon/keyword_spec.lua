-- A patient texts one word; the answer has a link, and what is written there belongs to the same matter.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local lfs = require "lfs"

-- A gateway that also brings what people write.
local PLUGIN = [[
local aw = require "afterward.plugin"
return {
  name = "pigeon", capabilities = { address = "phone", max_length = 500, links = true },
  config = { url = { type = "url", required = true } },
  send = function(m, config) return { url = config.url, headers = {}, body = aw.json.encode { key = m.key, to = m.to, text = m.text } } end,
  result = function(r, m) return r.status == 200 and { accepted = m.key } or { ambiguous = "HTTP " .. r.status } end,
  inbound = function(r)
    local said = aw.json.decode(r.body)
    return { { id = said.id, from = said.from, text = said.text, at = r.now } }, { status = 200, body = "thanks" }
  end,
}
]]

describe("a keyword sent by text", function()
  local h, plugins
  setup(function()
    plugins = os.tmpname()
    os.remove(plugins)
    lfs.mkdir(plugins)
    lfs.mkdir(plugins .. "/pigeon")
    local file = assert(io.open(plugins .. "/pigeon/plugin.lua", "w"))
    file:write(PLUGIN)
    file:close()
    h = Hospital.open { speed = 60, scripts_from = { "feedback", "shared" }, plugins = plugins }
    h:configure(('sms = { plugin = "pigeon", url = "http://127.0.0.1:%d/", timeout_ms = 1500 }'):format(h.gateway.port))
    h:start()
  end)
  teardown(function()
    h:close()
    os.execute(("rm -rf '%s'"):format(plugins))
  end)

  local function write(id, from, text)
    assert.equal(200, (h:call("POST", "/channels/sms/inbound", { id = id, from = from, text = text }, { token = false })))
  end
  local function told(number, pattern)
    return wait.till(number .. " is told", function()
      for _, request in ipairs(h.gateway.requests) do
        local found = request.to == number and { request.text:match(pattern) }
        if found and found[1] then return found end
      end
    end)
  end
  local function words(number) return select(2, h:call("POST", "/cases/" .. number .. "/unmask", { reason = "spec" })).item.text end
  local LINK = "(%d+%-%d+).*http://127%.0%.0%.1(/feedback%?case=[%d-]+&code=%d+)"

  it("is answered with a number and a link; what is written on that page joins the case, and its progress page says so", function()
    write("k1", "13912340001", "投诉")
    local number, link = table.unpack(told("13912340001", LINK))
    local status, page = h:call("GET", link, nil, { token = false })
    assert.equal(200, status)
    assert.truthy(page:find(number, 1, true) and page:find("并入这一件", 1, true), page)
    assert.falsy(page:find('name="phone"', 1, true) or page:find('name="anonymous"', 1, true))
    local other = page:match 'class="l" href="([^"]+lang=en)"':gsub("&amp;", "&")
    assert.truthy(select(2, h:call("GET", other, nil, { token = false })):find("what you write joins it", 1, true))

    local code, count = link:match "code=(%d+)", #h:get "/cases?department=feedback".items
    local sent, thanks = h:post_form("/feedback", { text = "B超室排队排了两个多小时，没人管", stars = "1", case = number, code = code })
    assert.equal(200, sent, thanks)
    assert.truthy(thanks:find(number, 1, true), thanks)
    assert.equal(count, #h:get "/cases?department=feedback".items)
    assert.equal("投诉\nB超室排队排了两个多小时，没人管", words(number))
    assert.equal("laboratory", wait.till("it is given to who answers", function() return h:get("/cases/" .. number).item.lead end))
    local _, progress = h:post_form("/case", { number = number, code = "0001" })
    assert.truthy(progress:find("已补充说明", 1, true), progress)
    local again = progress:match '(/feedback%?case=[^"]+)">补充说明':gsub("&amp;", "&")      -- who has no link gets there by number and code
    assert.truthy(select(2, h:call("GET", again, nil, { token = false })):find(number, 1, true))
  end)

  it("is not opened to who guesses: a wrong code is a page like any other, and too many are held off", function()
    write("k2", "13912340002", "投诉")
    local number = told("13912340002", LINK)[1]
    local _, page = h:call("GET", "/feedback?case=" .. number .. "&code=00000000", nil, { token = false })
    assert.falsy(page:find("并入这一件", 1, true))
    local _, thanks = h:post_form("/feedback", { text = "空调坏了", case = number, code = "00000000" })
    assert.falsy(thanks:find(number, 1, true), thanks)
    assert.equal("投诉", words(number))
    local status
    for i = 1, 14 do status = h:call("GET", "/feedback?case=" .. number .. "&code=0000000" .. i, nil, { token = false }) end
    assert.equal(429, status)
  end)

  it("may be told to a person instead, who writes it down", function()
    write("k3", "13912340003", "投诉")
    local number = told("13912340003", LINK)[1]
    local said, code = h:afterward("case", "add", number, "--text", "电话里说：药房发错药了")
    assert.equal(0, code, said)
    assert.truthy(words(number):find("药房发错药了", 1, true))
    assert.not_equal(0, select(2, h:afterward("case", "add", number)))
  end)
end)
