-- What hangs in a ward: who scans it writes a word for the hospital.
local World = require "unit.api.world"

describe("a ward's poster", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)
  local function poster(path, token)
    return w.core:ask("GET", "/api/v1/wards/" .. path, { Authorization = "Bearer " .. (token or "ward-token-0000000") })
  end

  it("is an A4 page in both languages, with a code and the address it leads to", function()
    local status, page, headers = poster "3%20East/poster"
    assert.equal(200, status)
    assert.equal("text/html; charset=utf-8", headers["Content-Type"])
    for _, words in ipairs { "size:210mm 297mm", "我们在听", "We listen", "<h2>3 East</h2>", "http://127.0.0.1/feedback/3 East<", "可以匿名",
      "anonymous if you wish", "第一医院", "紧急请拨 120", "in an emergency call 120" } do
      assert.truthy(page:find(words, 1, true), words)
    end
    assert.equal(200, (w:get "/feedback/3%20East"))
  end)

  it("holds all that it shows: it opens without a network", function()
    local _, page = poster "3%20East/poster"
    assert.is_nil(page:find "src=" or page:find "<link" or page:find "url%(" or page:find "@import" or page:find "<script")
  end)

  it("has a code of its own for each ward, alone too", function()
    local _, page = poster "3%20East/poster"
    local status, svg, headers = poster "3%20East/poster?format=svg"
    assert.same({ 200, "image/svg+xml" }, { status, headers["Content-Type"] })
    assert.truthy(page:find(svg, 1, true))
    assert.are_not.equal(svg, (select(2, poster "3%20West/poster?format=svg")))
  end)

  -- A stranger draws the code and another one reads it, as a phone that is held up to the wall.
  local function scanned(svg)
    local file = os.tmpname()
    local out = assert(io.open(file, "wb"))
    out:write(svg)
    out:close()
    local both = "unset LD_PRELOAD; rsvg-convert -w 600 -b white -o F.png F && zbarimg --nodbus -q --raw F.png; rm -f F F.png"
    local read = assert(io.popen((both:gsub("F", file))))
    local said = read:read "a"
    read:close()
    return (said:gsub("\n$", ""))
  end
  it("has a code that a phone reads as the address of this ward's page, which opens", function()
    for path, ward in pairs { ["3%20East"] = "3 East", ["%E5%BF%83%E5%86%85%E7%A7%91"] = "心内科", ["%E5%A6%87%E4%BA%A7%3F%23%25"] = "妇产?#%",
      [("%E9%95%BF"):rep(20)] = ("长"):rep(20) } do
      local _, svg = poster(path .. "/poster?format=svg")
      local address = scanned(svg)
      assert.equal("http://127.0.0.1/feedback/" .. path, address)
      local status, page = w:get(address:gsub("^http://127.0.0.1", ""))
      assert.equal(200, status)
      assert.truthy(page:find("我们在听 · " .. ward, 1, true), page)
    end
  end)

  it("takes any name that a ward goes by, escaped; none that is no name", function()
    local status, page = poster "%E5%BF%83%E5%86%85%E7%A7%91%3C%E4%BA%8C%3E/poster"
    assert.equal(200, status)
    assert.truthy(page:find("<h2>心内科&lt;二&gt;</h2>", 1, true), page)
    assert.equal(422, (poster(("x"):rep(61) .. "/poster")))
    assert.equal(400, (poster "3%20East/poster?format=pdf"))
    assert.equal(403, (poster("3%20East/poster", "his-token-00000000")))
  end)
end)
