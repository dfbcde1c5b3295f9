local api = require "afterward.unit.api"
local World = require "unit.api.world"

describe("what the outside sees", function()
  it("escapes whatever could leave a text or an attribute", function()
    assert.equal("&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;", api.escape [[<b a="1" b='2'>&]])
    assert.equal("王\u{FFFD}\u{FFFD}a\nb\u{FFFD}", api.escape "王\xff\0a\nb\x1b")
  end)

  it("masks names and numbers", function()
    for name, seen in pairs { ["王小兰"] = "王*兰", ["李国"] = "李*", ["王"] = "王*", ["Ann Lee"] = "A*e", [""] = "*" } do
      assert.equal(seen, api.masked(name, true))
    end
    assert.equal("*******1234", api.masked "13800001234")
    assert.equal("***", api.masked "110")
  end)

  it("reads birth dates as people type them", function()
    for typed, day in pairs {
      ["19510203"] = "1951-02-03", ["1951-2-3"] = "1951-02-03", ["1951年2月3日"] = "1951-02-03",
      [" 1951.02.03 "] = "1951-02-03", ["１９５１０２０３"] = "1951-02-03", ["1952 2 29"] = "1952-02-29",
    } do assert.equal(day, api.birth(typed)) end
    for _, typed in ipairs { "", "510203", "1951-2", "1951-2-30", "1951-2-3-4", "195102031", "3-2-1951", "1951-123-1" } do
      assert.is_nil(api.birth(typed), typed)
    end
  end)

  it("writes on a colour what can be read on it", function()
    assert.equal("#000000", api.ink "#ffd54a")
    assert.equal("#ffffff", api.ink "#1f6f8b")
    assert.equal("#ffffff", api.ink "#000000")
  end)
end)

describe("public ids", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  it("come back as the row they were, also at the ends", function()
    for _, row in ipairs { 1, 2, 255, 65536, 2 ^ 31 | 0, 2 ^ 40 - 1 | 0 } do
      local id = w.core:id("t", row)
      assert.truthy(id:match "^t[0-9a-hjkmnp-tv-z]+$" and #id == 13, id)
      assert.equal(row, w.core:row("t", id))
    end
  end)

  it("are no ids of another kind, nor of another database, nor with a letter changed", function()
    local id, right = w.core:id("t", 7), 0
    assert.equal(0, w.core:row("p", "p" .. id:sub(2)))
    local other = World.open()
    assert.equal(0, other.core:row("t", id))
    other:close()
    for at = 2, 13 do
      local letter = id:sub(at, at) == "3" and "4" or "3"
      if w.core:row("t", id:sub(1, at - 1) .. letter .. id:sub(at + 1)) ~= 0 then right = right + 1 end
    end
    assert.equal(0, right)
    for _, bad in ipairs { "", "t", "t123", "7", id .. "0", id:upper(), "t" .. ("i"):rep(12) } do
      assert.equal(0, w.core:row("t", bad), bad)
    end
  end)

  it("don't show that one row follows another", function()
    assert.not_equal(w.core:id("t", 1):sub(1, 5), w.core:id("t", 2):sub(1, 5))
  end)
end)
