local World = require "unit.api.world"
local pictures = require "unit.pictures"

local FORM = [[{"program":{"gudong":{"name":{"zh":"骨动新生"}}},
  "form":{"wound":{"title":{"zh":"伤口"},"items":[
    {"id":"temp","kind":"number","min":34,"max":43,"text":{"zh":"体温?"}},
    {"id":"photo","kind":"photo","text":{"zh":"伤口照片","en":"Photo"}},
    {"id":"note","kind":"text","optional":true,"text":{"zh":"还有什么?"}}]}}}]]

describe("a photo on a patient page", function()
  local w, path
  before_each(function()
    w = World.open()
    w.core:sql "DELETE FROM bundle"
    w.core:definitions("ortho", FORM)
    path = "/f/" .. w:link()
  end)
  after_each(function() w:close() end)

  local function kept() return w.core:sql "SELECT id FROM attachment WHERE question=1 AND item='photo'" end
  local function send(fields, bytes) return w:upload(path, fields, { a_photo = bytes }) end
  local function step(bytes) return send({ by = "patient", step = 2 }, bytes) end

  it("is asked for with the camera or from the album, without a script", function()
    local status, page = w:get(path .. "?step=2")
    assert.equal(200, status)
    assert.truthy(page:find('enctype="multipart/form-data"', 1, true))
    assert.equal(2, select(2, page:gsub('type="file" accept="image/%*"[^>]* name="a_photo"', "")))
    assert.truthy(page:find('capture="environment"', 1, true))
  end)

  it("is written before the row that names it, and goes with the partial answer and the whole one", function()
    local status, _, headers = step(pictures.jpeg())
    assert.equal(303, status)
    assert.truthy(headers.Location:find("step=3", 1, true))
    assert.truthy(w.core:blob(kept()))
    local _, page = w:get(path .. "?step=2")
    assert.truthy(page:find("已收到照片", 1, true))
    assert.equal(303, (w:post(path, { by = "patient", step = 1, a_temp = "36.5" })))
    assert.equal(303, (w:post(path, { by = "patient", step = 3 })))
    assert.equal("answered", w.core:sql "SELECT status FROM question WHERE id=1")
    assert.truthy(w.core:sql("SELECT 1 FROM answer WHERE instr(body, CAST(?1 AS BLOB))", kept()))
  end)

  it("is kept once when everything comes on one page, and the newer one takes its place", function()
    assert.equal(422, (send({ all = 1, a_temp = "" }, pictures.jpeg())))
    local first = kept()
    assert.equal(303, (send({ all = 1, a_temp = "36.5" }, pictures.png())))
    assert.equal("answered", w.core:sql "SELECT status FROM question WHERE id=1")
    assert.equal("1", w.core:sql "SELECT count(*) FROM attachment")
    assert.is_nil(w.core:blob(first))
    assert.equal("png", w.core:sql "SELECT kind FROM attachment")
    assert.truthy(w.core:blob(kept()))
  end)

  it("loses where it was taken, whatever its kind, and keeps its way up", function()
    local question = 20
    for _, kind in ipairs { "jpeg", "png", "webp", "heic" } do
      question = question + 1
      w:question(question, 1, tostring(30000000 + question))
      w.core:sql("UPDATE question SET enrollment=NULL WHERE id=?1", tostring(question))
      local bytes = pictures[kind](6)
      local status = w:upload("/f/" .. w:link(1, question), { all = 1, a_temp = "36.5" }, { a_photo = bytes })
      assert.equal(303, status, kind)
      local id = w.core:sql("SELECT id FROM attachment WHERE question=?1 AND kind=?2", tostring(question), kind)
      local clean = w.core:blob(id)
      assert.truthy(bytes:find(pictures.PLACE, 1, true))
      assert.is_nil(clean:find(pictures.PLACE, 1, true), kind)
      if kind == "jpeg" then assert.truthy(clean:find("Exif\0\0MM\0*", 1, true) and clean:find("\0\1\0\6\0\0", 1, true)) end
    end
  end)

  for name, case in pairs {
    ["that is no photo by its bytes, whatever it is called"] = { "<html>not a photo</html>", "不是照片" },
    ["that is cut off where nothing can be seen of it"] = { pictures.jpeg():sub(1, 40), "不是照片" },
    ["that is too large"] = { pictures.jpeg(1, ("x"):rep(8 * 1024 * 1024)), "照片太大" },
    ["that no request has room for"] = { pictures.jpeg(1, ("x"):rep(9 * 1024 * 1024)), "照片太大" },
  } do
    it(name .. " is refused in words, beside the question", function()
      w:post(path, { by = "patient", step = 1, a_temp = "36.5" })
      local status, page = w:upload(path .. "?by=patient&step=2", { by = "patient", step = 2 }, { a_photo = case[1] })
      assert.truthy(status == 422 or status == 413, status)
      assert.truthy(page:find(case[2], 1, true) and page:find('name="a_photo"', 1, true))
      assert.is_nil(kept())
      assert.equal(303, (w:post(path, { by = "patient", step = 2 })))   -- one may go on without
    end)
  end

  it("needs a link: strangers may not send so much", function()
    local stranger = path:gsub(".$", function(c) return c == "A" and "B" or "A" end)
    local status = w:upload(stranger, {}, { a_photo = ("x"):rep(200 * 1024) })
    assert.equal(413, status)
    assert.equal(404, (w:upload(stranger, {}, { a_photo = "x" })))
  end)

  it("is not the only thing that may be long: so may calls with a token, and only those", function()
    local long = { events = {}, more = ("x"):rep(200 * 1024) }
    assert.equal(422, (w:call("POST", "/events", long, { token = "his" })))
    assert.equal(401, (w:call("POST", "/events", long, { token = "none" })))
  end)

  it("can be changed a dozen times, then not for a while", function()
    for _ = 1, 12 do assert.equal(303, (step(pictures.jpeg()))) end
    local status, page = step(pictures.jpeg())
    assert.equal(422, status)
    assert.truthy(page:find("照片传得太多", 1, true))
    assert.equal("1", w.core:sql "SELECT count(*) FROM attachment")
  end)

  it("is not kept when the question is closed already", function()
    w.core:sql "UPDATE question SET status='answered'"
    step(pictures.jpeg())
    assert.is_nil(kept())
  end)

  it("that the disk refused is told so, and nothing is left of it", function()
    w.core:full()
    local status, page = send({ all = 1, a_temp = "36.6" }, pictures.jpeg())
    assert.equal(507, status)
    assert.truthy(page:find("没有保存成功", 1, true) and page:find('value="36.6"', 1, true))
    assert.is_nil(kept())
  end)

  it("that a crash left without a row is swept away, others are not", function()
    step(pictures.jpeg())
    w.core:blob("0123456789abcdef", "left over")
    w.core:sweep()
    assert.is_nil(w.core:blob "0123456789abcdef")
    assert.truthy(w.core:blob(kept()))
  end)

  it("can't be another question's", function()
    step(pictures.jpeg())
    w:question(7, 3, "77777777")
    local before = kept()
    w:upload("/f/" .. w:link(3, 7), { all = 1, a_temp = "36.5", a_photo = before }, {})
    assert.is_nil(w.core:sql("SELECT 1 FROM answer WHERE question=7 AND instr(body, CAST(?1 AS BLOB))", before))
  end)

  describe("for staff", function()
    it("is given with its kind, as a file, once it is on record who looked", function()
      step(pictures.jpeg())
      local status, bytes, headers = w.core:ask("GET", "/api/v1/attachments/" .. kept(),
        { Authorization = "Bearer ward-token-0000000" })
      assert.equal(200, status)
      assert.equal(w.core:blob(kept()), bytes)
      assert.same({ "image/jpeg", 'attachment; filename="' .. kept() .. '.jpg"', "nosniff" },
        { headers["Content-Type"], headers["Content-Disposition"], headers["X-Content-Type-Options"] })
      assert.equal(kept(), w.core:sql "SELECT detail FROM audit WHERE action='attachment.read' AND actor='li'")
    end)

    it("is nobody else's", function()
      step(pictures.jpeg())
      assert.equal(404, (w:call("GET", "/attachments/" .. kept(), nil, { token = "other" })))
      assert.equal(401, (w:call("GET", "/attachments/" .. kept(), nil, { token = "none" })))
      assert.equal(404, (w:call("GET", "/attachments/zzzzzzzzzzzzzzzz", nil, { token = "ward" })))
    end)

    it("is named by the task and by the alert that are about its answer", function()
      send({ all = 1, a_temp = "39" }, pictures.jpeg())
      w.core:sql "UPDATE task SET question=1 WHERE id=1"
      w.core:sql("INSERT INTO alert (id,patient,answer,department,name,level,escalation,status,opened_at) "
        .. "SELECT 50,1,id,'ortho','fever','urgent','','open',1 FROM answer")
      for _, at in ipairs { "/tasks/" .. w.core:id("t", 1), "/alerts/" .. w.core:id("a", 50) } do
        local _, body = w:call("GET", at, nil, { token = "ward" })
        assert.same({ kept(), "photo" }, { body.photos[1].id, body.photos[1].item })
      end
    end)

    it("stands in the timeline with its size and id", function()
      step(pictures.jpeg())
      local _, body = w:call("GET", "/patients/" .. w.core:id("p", 1) .. "/timeline", nil, { token = "ward" })
      local found
      for _, item in ipairs(body.items) do found = found or item.text:match("photo photo, 1 KB, id " .. kept()) end
      assert.truthy(found)
    end)
  end)
end)
