-- What people write of the hospital elsewhere: a platform's list, and a platform that tells us itself, signed.
local Hospital = require "functional.support.hospital"
local json = require "dkjson"
local wait = require "functional.support.wait"

local SECRET = "a-secret-of-the-platform"

describe("reviews from other platforms", function()
  local h
  setup(function()
    h = Hospital.open { scripts_from = { "feedback", "shared" },
      site = ('reviews = { dianping = { secret = "%s" } },'):format(SECRET) }:start()
  end)
  teardown(function() h:close() end)

  local function write(path, text)
    local file <close> = assert(io.open(path, "wb"))
    file:write(text)
  end
  local function case_of(words)
    for _, item in ipairs(h:get("/cases?channel=review&limit=200&order=number").items) do
      local case = h:get("/cases/" .. item.number)
      if case.item.text:find(words, 1, true) then return case end
    end
  end

  describe("as a list with Chinese headings", function()
    local HEAD = "评价编号,评价时间,评价内容,星级,昵称"
    local function import(rows, map)
      local list = h.folder .. "/reviews.csv"
      write(list, HEAD .. "\r\n" .. table.concat(rows, "\r\n") .. "\r\n")
      local output, code, errors = h:afterward("import", list, "--map", map or "scripts/demo/reviews-map.lua", "--json")
      return json.decode(output) or { errors = errors }, code
    end

    it("become cases: a bad one is answered in an hour; again they change nothing", function()
      local rows = { "D1,2026-03-02 10:40,护士态度很差，排队两小时,1星,路人甲", 'D2,2026-03-02,"医生很耐心，谢谢",★★★★★,乙', "D3,2026/03/02 10:50,停车难,3.5," }
      local told, code = import(rows)
      assert.same({ 3, 3, 0, 0 }, { told.rows, told.taken, told.bad, code })
      local bad = case_of "护士态度很差"
      assert.same({ "review", 1, "review" }, { bad.channel, bad.item.stars, bad.tier })
      assert.same({ 5, 3 }, { case_of("很耐心").item.stars, case_of("停车难").item.stars })
      local before = #h:get("/cases?channel=review&limit=200&order=number").items
      assert.same({ 3, 3 }, { import(rows).rows, import(rows).taken })
      assert.equal(before, #h:get("/cases?channel=review&limit=200&order=number").items)
    end)

    it("tell what is wrong by line and column, and keep the bad rows to be mended", function()
      local told, code = import { "D7,昨天,好,5,", "D8,2026-03-02 09:00,,5,", "D9,2026-03-02 09:00,好,7,", "D10,2026-03-02 09:00,好地方,4," }
      assert.same({ 4, 1, 3, 1 }, { told.rows, told.taken, told.bad, code })
      local file <close> = assert(io.open(h.folder .. "/reviews.rejects.csv"))
      local rejects = file:read "a"
      for _, words in ipairs { "评价时间", "评价内容", "星级", "is not 1 to 5 stars" } do assert.truthy(rejects:find(words, 1, true), rejects) end
    end)

    it("need a map that says what they are", function()
      write(h.folder .. "/wrong.lua", 'return { kind = "reviews", columns = { ["评价内容"] = "text", ["评价时间"] = "at" } }')
      local told, code = import({ "D1,2026-03-02 10:40,x,1,甲" }, h.folder .. "/wrong.lua")
      assert.equal(1, code)
      assert.matches('kind must be "discharge" or "feedback"', told.detail)
    end)
  end)

  describe("as the platform tells them", function()
    local function sign(body, seconds, secret)
      write(h.folder .. "/signed", seconds .. "." .. body)
      local pipe <close> = assert(io.popen(("openssl dgst -sha256 -hmac '%s' -hex < '%s/signed'"):format(secret or SECRET, h.folder)))
      return pipe:read("a"):match "(%x+)%s*$"
    end
    local function post(review, o)
      o = o or {}
      review.at = review.at or "2026-03-02T10:30:00+08:00"
      local body, seconds = json.encode(review), o.seconds or h:now() // 1000
      return h:call("POST", "/reviews/" .. (o.name or "dianping"), o.body or body, { token = false, ["Afterward-Time"] = tostring(seconds),
        ["Afterward-Signature"] = sign(body, seconds, o.secret) })
    end

    it("become cases under a number; the same one again changes nothing", function()
      local review = { id = "r-1", text = "药房发错药，太差了", stars = 1, name = "丙", ward = "门诊药房" }
      local status, answer = post(review)
      assert.equal(202, status)
      local case = h:get("/cases/" .. answer.number)
      assert.same({ "review", "review", "药房发错药，太差了" }, { case.channel, case.tier, case.item.text })
      assert.equal(202, (post(review)))
      local found = 0
      for _, item in ipairs(h:get("/cases?channel=review&limit=200&order=number").items) do
        if h:get("/cases/" .. item.number).item.text == review.text then found = found + 1 end
      end
      assert.equal(1, found)
    end)

    it("are taken only with the platform's signature over what came, and not long after it was made", function()
      local review = { id = "r-2", text = "好" }
      assert.equal(401, (post(review, { secret = "another-secret-000000" })))
      assert.equal(401, (post(review, { body = json.encode { id = "r-2", text = "坏" } })))
      local status, answer = post(review, { seconds = h:now() // 1000 - 400 })
      assert.equal(401, status)
      assert.matches("5 minutes", answer.detail)
      assert.equal(404, (post(review, { name = "nobody" })))
      assert.equal(401, (h:call("POST", "/reviews/dianping", review, { token = false })))
      assert.is_nil(case_of "坏")
    end)

    it("say what is wrong with them", function()
      assert.same({ 422, 422, 422 }, { (post { id = "r-3" }), (post { text = "x" }), (post { id = "r-3", text = "x", at = "gestern" }) })
      local status, answer = post { id = "r-4", text = "x", stars = 9 }
      assert.equal(422, status)
      assert.matches("item.stars", answer.detail)
    end)

    it("need a secret that is none to guess", function()
      local other = Hospital.open { scripts_from = { "feedback", "shared" }, site = 'reviews = { x = { secret = "short" } },' }
      local daemon = other:launch()
      wait.till("it ends", function() return daemon.ended end)
      assert.truthy(daemon.code ~= 0 and daemon.errors:find("reviews.x: give { secret = … } of at least 16 characters", 1, true), daemon.errors)
    end)
  end)
end)
