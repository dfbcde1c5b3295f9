-- Photos and cards with the real daemon: files beside its database, the command line, a power cut between file and commit.
local Hospital = require "functional.support.hospital"
local pictures = require "unit.pictures"
local wait = require "functional.support.wait"
local lfs = require "lfs"
local uv = require "luv"

local FORM = [[aw.form { id = "wound", title = { zh = "伤口", en = "Wound" },
  { id = "red", kind = "yesno", zh = "发红吗？", en = "Red?" }, { id = "photo", kind = "photo", zh = "照片", en = "Photo" } },]]
local STEPS = 'aw.step { id = "ask", at = "10m", run = function(p) p:ask("wound", { within = "2d" }) end },'

local function files(folder)
  local out = {}
  for shelf in lfs.dir(folder) do
    if not shelf:find "^%." then
      for name in lfs.dir(folder .. "/" .. shelf) do if not name:find "^%." then out[#out + 1] = shelf .. "/" .. name end end
    end
  end
  return out
end

local function upload(h, path, fields, bytes)
  local parts = {}
  for name, text in pairs(fields) do parts[#parts + 1] = ('Content-Disposition: form-data; name="%s"\r\n\r\n%s'):format(name, text) end
  parts[#parts + 1] = 'Content-Disposition: form-data; name="a_photo"; filename="x.jpg"\r\n\r\n' .. bytes
  return h:call("POST", path, "--B\r\n" .. table.concat(parts, "\r\n--B\r\n") .. "\r\n--B--\r\n",
    { token = false, ["Content-Type"] = "multipart/form-data; boundary=B" })
end

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

describe("a photo of a wound", function()
  local h, link
  before_each(function()
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS, FORM) } }:start()
    assert.equal(202, (h:event(h:discharge(1, { at = Hospital.iso(h:now() - 9 * 60000) }))))
    local message = wait.till("the question is out", function() return h.gateway.list[1] end)
    local _, _, headers = h:post_form("/f", { code = Hospital.code(message), birth = "19510203" })
    link = headers.location
  end)
  after_each(function() h:close() end)

  it("reaches the nurse's file over a kill, without the place it was taken at", function()
    local status, _, headers = upload(h, link, { by = "patient", step = 2 }, pictures.jpeg(6))
    assert.equal(303, status)
    assert.truthy(headers.location:find "step=1")              -- asked for what is still missing
    local folder = h.state .. "/attachments"
    local kept = files(folder)
    assert.equal(1, #kept)
    assert.equal("rwx------", lfs.attributes(folder, "permissions"))
    h:kill()
    h:start()
    assert.equal(303, (h:post_form(link, { by = "patient", step = 1, a_red = "yes" })))
    assert.equal(303, (h:post_form(link, { by = "patient", step = 2 })))
    local story = h:afterward("timeline", "--mrn", "M1")
    local id = story:match "photo photo, 1 KB, id (%w+)"
    assert.equal(kept[1], id:sub(1, 2) .. "/" .. id)
    assert.matches("answer%s+w%s+wound by patient", story)
    local out = h.folder .. "/wound.jpg"
    local _, code, errors = h:afterward("attachment", id, "--output", out)
    assert.equal(0, code, errors)
    local bytes = slurp(out)
    assert.equal(slurp(folder .. "/" .. kept[1]), bytes)
    assert.truthy(bytes:find "^\xff\xd8" and not bytes:find(pictures.PLACE, 1, true))
    local _, refused = h:afterward("attachment", "0000000000000000", "--output", out .. "2")
    assert.equal(1, refused)
    assert.is_nil(lfs.attributes(out .. "2"))
  end)

  it("that a crash left without its row is gone after the next start, when it is old", function()
    upload(h, link, { by = "patient", step = 2 }, pictures.png())
    local folder = h.state .. "/attachments/00"
    h:kill()
    lfs.mkdir(folder)
    for name, age in pairs { ["00000000000000aa"] = 7200, ["00000000000000bb"] = 0 } do
      local file = assert(io.open(folder .. "/" .. name, "w"))
      file:write "left over"
      file:close()
      lfs.touch(folder .. "/" .. name, os.time() - age)
    end
    for _, name in ipairs(files(h.state .. "/attachments")) do
      if not name:find "^00" then lfs.touch(h.state .. "/attachments/" .. name, os.time() - 7200) end
    end
    h:start()
    local left = files(h.state .. "/attachments")
    assert.equal(2, #left)
    assert.is_nil(lfs.attributes(folder .. "/00000000000000aa"))
    assert.truthy(lfs.attributes(folder .. "/00000000000000bb"))
  end)

  it("that is far too large is told so in words, and the page goes on", function()
    local status, page = upload(h, link .. "?by=patient&step=2", {}, pictures.jpeg(1, ("x"):rep(20 * 1024 * 1024)))
    assert.equal(413, status)
    assert.truthy(page:find("照片太大", 1, true))
    assert.is_nil(lfs.attributes(h.state .. "/attachments"))
  end)

  it("that comes with too many others is told to wait, in words, and others are served", function()
    local held, ready = {}, 0
    for i = 1, 8 do
      local tcp = uv.new_tcp()
      held[i] = tcp
      tcp:connect("127.0.0.1", h.port, function()
        tcp:write(("POST %s HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 4000000\r\n\r\n--B")
          :format(link), function() ready = ready + 1 end)
      end)
    end
    wait.till("eight photos are on their way", function() return ready == 8 end)
    local refused = wait.till("the ninth has no place", function()
      local code, text, got = upload(h, link .. "?by=patient&step=2", { by = "patient", step = 2 }, pictures.jpeg())
      return code == 503 and { page = text, headers = got }
    end)
    assert.truthy(refused.page:find("现在传照片的人太多", 1, true) and refused.page:find('name="a_photo"', 1, true))
    assert.equal("60", refused.headers["retry-after"])
    assert.equal(303, (h:post_form(link, { by = "patient", step = 1, a_red = "yes" })))
    for _, tcp in ipairs(held) do tcp:close_reset() end
    wait.till("there is room again", function()
      return upload(h, link, { by = "patient", step = 2 }, pictures.jpeg()) == 303
    end)
  end)

  it("finds a place though many send files with a word for the hospital: these leave half of them free", function()
    local held, ready = {}, 0
    for i = 1, 4 do
      local tcp = uv.new_tcp()
      held[i] = tcp
      tcp:connect("127.0.0.1", h.port, function()
        tcp:write("POST /feedback HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 4000000\r\n\r\n--B",
          function() ready = ready + 1 end)
      end)
    end
    wait.till("four words are on their way", function() return ready == 4 end)
    wait.till("the fifth has no place", function() return upload(h, "/feedback", { text = "灯坏了" }, pictures.jpeg()) == 429 end)
    assert.equal(303, (upload(h, link, { by = "patient", step = 2 }, pictures.jpeg())))
    for _, tcp in ipairs(held) do tcp:close_reset() end
    wait.till("there is room again", function() return upload(h, "/feedback", { text = "灯坏了" }, pictures.jpeg()) == 200 end)
  end)

  it("is refused with a word of why when its folder can't be written", function()
    local file = assert(io.open(h.state .. "/attachments", "w"))
    file:close()
    local status, page, headers = upload(h, link, { by = "patient", step = 2 }, pictures.jpeg())
    assert.equal(503, status)
    assert.truthy(page:find("没有保存成功", 1, true))
    assert.equal("60", headers["retry-after"])
    assert.matches("attachment.refused", h:words())
  end)

  it("has a card beside it: printed by the ward, it opens the same question", function()
    local out = h.folder .. "/card.html"
    local _, code, errors = h:afterward("card", "--mrn", "M1", "--output", out)
    assert.equal(0, code, errors)
    local page = slurp(out)
    local a, b, c = page:match ">(%d%d%d) (%d%d%d) (%d%d%d)<"
    assert.truthy(page:find("随访", 1, true) and page:find("0571-87000000", 1, true))
    local _, _, headers = h:post_form("/f", { code = a .. b .. c, birth = "1951-2-3" })
    local _, home = h:call("GET", headers.location, nil, { token = false })
    assert.truthy(home:find("伤口", 1, true))
  end)
end)
