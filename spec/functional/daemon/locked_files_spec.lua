-- 封存: photos and files of a family in dispute are neither taken away nor replaced, by any route nor in the database.
local Hospital = require "functional.support.hospital"
local pictures = require "unit.pictures"
local wait = require "functional.support.wait"

local FORM = [[aw.form { id = "wound", title = { zh = "伤口", en = "Wound" },
  { id = "red", kind = "yesno", zh = "发红吗？", en = "Red?" }, { id = "photo", kind = "photo", zh = "照片", en = "Photo" } },]]
local STEPS = 'aw.step { id = "ask", at = "10m", run = function(p) p:ask("wound", { within = "2d" }) end },'

describe("the photos and files of a dispute", function()
  local h
  setup(function()
    h = Hospital.open { speed = 60, scripts_from = { "feedback", "shared" }, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS, FORM) } }:start()
  end)
  teardown(function() h:close() end)

  local function sql(text)
    local pipe <close> = assert(io.popen(('env -u LD_PRELOAD sqlite3 -cmd ".timeout 5000" "%s/afterward.db" "%s" 2>&1'):format(h.state, text)))
    return pipe:read "a"
  end
  local function upload(link)
    local part = 'Content-Disposition: form-data; name="%s"%s\r\n\r\n%s'
    local parts = { part:format("by", "", "patient"), part:format("step", "", "2"), part:format("a_photo", '; filename="x.jpg"', pictures.jpeg(6)) }
    return h:call("POST", link, "--B\r\n" .. table.concat(parts, "\r\n--B\r\n") .. "\r\n--B--\r\n",
      { token = false, ["Content-Type"] = "multipart/form-data; boundary=B" })
  end

  it("stay as they are as long as it is one", function()
    assert.equal(202, (h:event(h:discharge(1, { at = Hospital.iso(h:now() - 9 * 60000) }))))
    local message = wait.till("the question is out", function() return h.gateway.list[1] end)
    local _, _, headers = h:post_form("/f", { code = Hospital.code(message), birth = "19510203" })
    assert.equal(303, (upload(headers.location)))
    local number = h:afterward("case", "new", "--json", "--channel", "hotline", "--text", "这是医疗事故，我要封存病历，找律师打官司",
      "--mrn", "M1"):match '"number" ?: ?"([%d-]+)"'
    wait.till("it is a case", function() return h:call("GET", "/cases/" .. number) == 200 end)
    local status, file = h:call("POST", "/cases/" .. number .. "/attachments?name=x.jpg", pictures.jpeg())
    assert.equal(201, status)
    h:afterward("case", "correct", number, "--field", "urgency", "--value", "dispute")
    wait.till("it is a dispute", function() return sql "SELECT count(*) FROM patient WHERE disputed_at IS NOT NULL" ~= "0\n" end)
    local rows = "SELECT * FROM attachment WHERE created_at<=%d ORDER BY id"
    rows = rows:format(tonumber(sql "SELECT max(created_at) FROM attachment"))
    local before = sql(rows)
    assert.equal(2, select(2, before:gsub("\n", "")))
    upload(headers.location)                                               -- another photo for the same question: the first stays
    for _, method in ipairs { "DELETE", "PUT", "PATCH", "POST" } do
      for _, path in ipairs { "/attachments/" .. file.id, "/cases/" .. number .. "/attachments/" .. file.id } do
        assert.is_true(h:call(method, path, pictures.jpeg()) >= 400, method .. path)
      end
    end
    for _, text in ipairs { "DELETE FROM attachment", "UPDATE attachment SET sha256='x'", "DELETE FROM attachment WHERE number IS NOT NULL",
      "DELETE FROM attachment WHERE question IS NOT NULL", "UPDATE attachment SET bytes=1 WHERE question IS NOT NULL" } do
      assert.matches("the attachments of a dispute are locked", sql(text))
    end
    assert.equal(before, sql(rows))
    assert.equal(200, (h:call("GET", "/attachments/" .. file.id)))
    sql "UPDATE patient SET disputed_at=NULL"
    assert.equal("", sql "UPDATE attachment SET name='y.jpg' WHERE number IS NOT NULL")
  end)
end)
