-- What somebody shows or says with a word for the hospital: photos and a voice, on the page without a login.
local World = require "unit.api.world"
local pictures = require "unit.pictures"
local sounds = require "unit.sounds"

describe("photos and voices with a word for the hospital", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  local function send(fields, files, path)
    local status, page = w:upload(path or "/feedback/3%20East", fields, files)
    return status, page, page:match "<b>(%d+%-%d+)</b>"
  end
  local function kinds(number)
    return w.core:sql("SELECT group_concat(kind, ' ') FROM (SELECT kind FROM attachment WHERE number=?1 ORDER BY kind)", number)
  end

  it("are asked for without a script: several photos, and a recording", function()
    local status, page = w:get "/feedback/3%20East"
    assert.equal(200, status)
    assert.truthy(page:find('enctype="multipart/form-data"', 1, true))
    assert.truthy(page:find 'type="file" name="photo" accept="image/%*" multiple')
    assert.truthy(page:find 'type="file" name="voice" accept="audio/')
  end)

  it("go in with what was written, several at once, freed of the place they were taken at", function()
    local status, page, number = send({ text = "厕所漏水", voice = "" }, { photo = { pictures.jpeg(), pictures.png() }, voice = sounds.m4a() })
    assert.equal(200, status)
    assert.falsy(page:find("没有收到", 1, true))
    assert.equal("jpeg m4a png", kinds(number))
    for _, kind in ipairs { "jpeg", "png", "m4a" } do
      local bytes = w.core:blob(w.core:sql("SELECT id FROM attachment WHERE kind=?1", kind))
      assert.truthy(bytes and not bytes:find(pictures.PLACE, 1, true) and not bytes:find(sounds.PLACE, 1, true), kind)
    end
  end)

  it("are known by their bytes, in all that phones record; a film is no voice", function()
    for _, kind in ipairs(sounds.kinds) do
      local fresh = World.open()
      local _, page = fresh:upload("/feedback", { text = "请听" }, { photo = sounds[kind]() })
      assert.equal(kind, fresh.core:sql("SELECT kind FROM attachment WHERE number=?1", page:match "<b>(%d+%-%d+)</b>"))
      fresh:close()
    end
    for _, film in ipairs { sounds.m4a "vide", sounds.webm "A_OPUSV_VP8" } do
      local _, page, number = send({ text = "请看" }, { voice = film })
      assert.truthy(page:find("不是照片或录音", 1, true))
      assert.is_nil(kinds(number))
    end
  end)

  it("that are none are left out, with a word of what is taken, in both languages; the rest goes in", function()
    local status, page, number = send({ text = "灯坏了" }, { photo = { "<html>no photo</html>", pictures.jpeg() } })
    assert.equal(200, status)
    assert.truthy(page:find("有的文件没有收到：不是照片或录音", 1, true) and page:find("JPG、PNG、WebP、HEIC", 1, true), page)
    assert.equal("jpeg", kinds(number))
    local _, english, other = send({ text = "The lamp is broken", lang = "en" }, { voice = "MZ\x90\0 a program" })
    assert.truthy(english:find("no photo or recording", 1, true) and english:find("M4A, AMR, MP3", 1, true), english)
    assert.truthy(other)
    assert.is_nil(kinds(other))
  end)

  it("that are too large or too many are left out; the rest goes in", function()
    local photos = {}
    for i = 1, 7 do photos[i] = pictures.jpeg(1, ("x"):rep(i)) end
    local _, page, number = send({ text = "墙上的裂缝" }, { photo = photos })
    assert.truthy(page:find("有的文件没有收到：太多", 1, true), page)
    assert.equal(("jpeg "):rep(6):sub(1, -2), kinds(number))
    local _, large, other = send({ text = "请听" }, { voice = sounds.amr() .. ("v"):rep(5 * 1024 * 1024) })
    assert.truthy(large:find("有的文件没有收到：太大", 1, true), large)
    assert.is_nil(kinds(other))
  end)

  it("may be all that is sent: who can't type speaks; a file that is none then isn't enough", function()
    local _, _, number = send({ text = " " }, { voice = sounds.amr() })
    assert.equal("amr", kinds(number))
    local status, page = send({ text = "", phone = "13800001234", stars = "2", anonymous = "1" }, { voice = "nothing" })
    assert.equal(422, status)
    assert.truthy(page:find("录一段音", 1, true) and page:find('value="13800001234"', 1, true), page)
    assert.truthy(page:find 'value="2" checked' and page:find 'name="anonymous" value="1" checked', page)
  end)

  it("keep a name that says no folder and no false ending; of who is anonymous none", function()
    local _, _, number = send({ text = "漏水" }, { photo = pictures.jpeg() })
    assert.equal("我家.jpg", w.core:sql("SELECT name FROM attachment WHERE number=?1", number))
    local _, _, hidden = send({ text = "漏水", anonymous = "1" }, { photo = pictures.jpeg() })
    assert.equal("-", w.core:sql("SELECT coalesce(name, '-') FROM attachment WHERE number=?1", hidden))
  end)

  it("are held off in a flood, and what was written goes in all the same", function()
    local status, page, number
    for i = 1, 5 do
      status, page, number = send({ text = "第" .. i .. "次" }, { photo = { pictures.jpeg(), pictures.jpeg(), pictures.jpeg(), pictures.jpeg() } })
    end
    assert.equal(200, status)
    assert.truthy(page:find("请过一小时再传", 1, true), page)
    assert.truthy(number)
    assert.equal("16", w.core:sql "SELECT count(*) FROM attachment")
  end)

  it("that are too large together are told to be fewer: what was typed is still in the browser", function()
    local status, page = send({ text = "x" }, { photo = pictures.jpeg(1, ("x"):rep(25 * 1024 * 1024)) })
    assert.equal(413, status)
    assert.truthy(page:find("您写的还在", 1, true), page)
    assert.equal("0", w.core:sql "SELECT count(*) FROM attachment")
  end)
end)
