local value = require("afterward.unit.base").value

local function encoded(json) return assert(value.from_json(json)) end
local function again(json) return value.to_json(encoded(json)) end

describe("a canonical value", function()
  it("gives back the JSON it came from", function()
    for _, json in ipairs {
      "null", "true", "false", "0", "-1", "63", "64", "-64", "-65",
      "9223372036854775807", "-9223372036854775808", "0.5", "1.0", "1e+300",
      "2.5e-05", "4.94065645841247e-324", "0.1", '""', '"术后第一天"',
      "[]", "{}", "[[],{}]", '{"a":[1,2.5,null],"b":{"c":true}}', [["\b\f\n\r\t\"\\\u0000\u001f"]],
    } do
      assert.equal(json, again(json))
      assert.is_true(value.reads(encoded(json)))
    end
  end)

  it("has the same bytes whatever the order and spacing it was sent in", function()
    assert.equal(encoded '{"a":1,"ab":2,"b":3,"é":4}', encoded ' {"é":4, "b":3,\n"ab":2,"a":1}')
    assert.equal(value.real(0.0), value.real(-0.0))
    assert.equal(encoded "0.0", encoded "-0.0")
  end)

  it("keeps integers apart from reals", function()
    assert.not_equal(encoded "1", encoded "1.0")
    assert.equal("[1,1.0,100.0]", again "[1,1.0,1e2]")
  end)

  it("finds fields and items, and nil where there is none", function()
    local map = encoded '{"a":1,"b":"two","bb":3,"d":[4,5]}'
    assert.equal(value.int(1), value.field(map, "a"))
    assert.equal(value.text "two", value.field(map, "b"))
    assert.equal("[4,5]", value.to_json(value.field(map, "d")))
    for _, absent in ipairs { "", "A", "aa", "c", "e" } do
      assert.equal(encoded "null", value.field(map, absent))
    end
    assert.equal(value.int(5), value.at(encoded "[4,5]", 1))
    assert.equal(encoded "null", value.at(encoded "[4,5]", 2))
    assert.equal(encoded "null", value.field(encoded "[4,5]", "a"))
  end)

  it("truncates a real to an integer only where one fits", function()
    assert.equal(-2, value.int_or(value.real(-2.9), 7))
    assert.equal(math.mininteger, value.int_or(value.real(-2.0 ^ 63), 7))
    for _, real in ipairs { 2.0 ^ 63, -1e300, 1e300 } do
      assert.equal(7, value.int_or(value.real(real), 7))
    end
    assert.equal(7, value.int_or(value.text "2", 7))
  end)

  it("writes bytes that are not UTF-8 as the replacement character", function()
    for bytes, shown in pairs {
      ["\xff"] = "\u{FFFD}", ["a\xc0\xafb"] = "a\u{FFFD}\u{FFFD}b", ["\xe4\xb8"] = "\u{FFFD}\u{FFFD}",
      ["\xed\xa0\x80"] = "\u{FFFD}\u{FFFD}\u{FFFD}", ["\u{10FFFF}"] = "\u{10FFFF}",
      ["\xf4\x90\x80\x80"] = ("\u{FFFD}"):rep(4),
    } do
      assert.equal('"' .. shown .. '"', value.to_json(value.text(bytes)))
    end
  end)
end)

describe("reading bytes that someone else wrote", function()
  local sample = encoded('{"a":[1,-70000,2.5,"text",null,true],"b":{"c":"d","e":[]},"long":"' ..
    ("x"):rep(200) .. '"}')

  it("refuses every cut and every tail", function()
    for len = 0, #sample - 1 do assert.is_false(value.reads(sample:sub(1, len))) end
    assert.is_false(value.reads(sample .. "\0"))
  end)

  it("stays within bounds whichever byte is changed", function()
    for at = 1, #sample do
      for _, byte in ipairs { 0, 1, 5, 6, 7, 8, 0x7f, 0x80, 0xff } do
        local bent = sample:sub(1, at - 1) .. string.char(byte) .. sample:sub(at + 1)
        if value.reads(bent) then assert.equal(value.wade(bent), value.to_json(bent)) end
        value.wade(bent)
      end
    end
  end)

  it("refuses what is not canonical", function()
    local int = value.int(1)
    for what, bytes in pairs {
      ["an unknown tag"] = "\8",
      ["keys out of order"] = value.map("b", int, "a", int),
      ["a key twice"] = value.map("a", int, "a", int),
      ["a longer varint than needed"] = "\3\x80\0",
      ["a varint over 64 bits"] = "\3" .. ("\xff"):rep(9) .. "\2",
      ["an endless varint"] = "\3" .. ("\xff"):rep(12),
      ["a text longer than its bytes"] = "\5\xff\xff\xff\xff\xff\xff\xff\xff\xff\1",
      ["minus zero"] = "\4" .. string.pack("<d", -0.0),
      ["not a number"] = "\4" .. string.pack("<d", 0 / 0),
      ["infinity"] = "\4" .. string.pack("<d", math.huge),
      ["more items than there is room for"] = "\6" .. string.pack("<I4I4", 1, 2) .. "\0",
      ["fewer items than bytes"] = "\6" .. string.pack("<I4I4", 2, 1) .. "\0\0",
      ["an empty list with bytes"] = "\6" .. string.pack("<I4I4", 1, 0) .. "\0",
      ["a body past the end"] = "\6" .. string.pack("<I4I4", 0xffffffff, 1) .. "\0",
    } do
      assert.is_false(value.reads(bytes), what)
    end
    assert.is_true(value.reads(value.map("a", int, "b", int)))
  end)

  it("goes 64 deep and no further", function()
    assert.is_true(value.reads(value.nested(64)))
    assert.is_false(value.reads(value.nested(65)))
    assert.equal(("["):rep(64) .. "null" .. ("]"):rep(64), (value.wade(value.nested(200))))
  end)
end)

describe("JSON that is refused", function()
  for json, sentence in pairs {
    [""] = "line 1, column 0: the JSON ends too early",
    ["[1,\n2"] = "line 2, column 1: the JSON ends too early",
    ["[1,]"] = "line 1, column 4: this is not JSON",
    ["NaN"] = "line 1, column 3: this is not JSON",
    ["1 2"] = "line 1, column 3: something follows the JSON's end",
    ['{"a":1,\n "a":2}'] = "line 2, column 4: a key stands twice in one object",
    ["9223372036854775808"] = "line 1, column 19: a number is out of range; send it as text in quotes",
    ["-9223372036854775809"] = "line 1, column 20: a number is out of range; send it as text in quotes",
    ["1e999"] = "line 1, column 5: a number is out of range; send it as text in quotes",
    ['"\xff"'] = "line 1, column 1: the text is not UTF-8; send UTF-8",
    ['"\xed\xa0\x80"'] = "line 1, column 1: the text is not UTF-8; send UTF-8",
    ['{"\\u0000":1}'] = "line 1, column 9: a key holds a zero byte",
    ['["[[\\"[",\n' .. ("["):rep(65)] = "line 2, column 64: lists and objects nest over 64 deep",
  } do
    it("says where and why: " .. json:gsub("[^%g ]", "."):sub(1, 24), function()
      local bytes, why = value.from_json(json)
      assert.is_nil(bytes)
      assert.equal(sentence, why)
    end)
  end

  it("never repeats what was sent", function()
    local _, why = value.from_json('{"name":"Zhang Wei","name":"Zhang Wei"}')
    assert.is_nil(why:find("Zhang", 1, true))
  end)

  it("is not what nests 64 deep", function()
    assert.is_true(value.reads(encoded(("["):rep(64) .. ("]"):rep(64))))
  end)
end)

describe("a digest", function()
  it("is sixteen bytes of BLAKE2b", function()
    assert.equal("cae66941d9efbd404e4d88758ea67670", value.digest "")
    assert.equal(32, #value.digest(("x"):rep(1000)))
    assert.not_equal(value.digest "a", value.digest "b")
  end)

  it("of chance is an id that can be read out over the telephone", function()
    local seen = {}
    for _ = 1, 200 do
      local id = value.id()
      assert.truthy(id:match "^[0-9a-hjkmnp-tv-z]+$")
      assert.equal(16, #id)
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)

  it("compares by content and length", function()
    assert.is_true(value.equal("", ""))
    assert.is_true(value.equal("abc", "abc"))
    assert.is_false(value.equal("abc", "abd"))
    assert.is_false(value.equal("abc", "abcd"))
  end)
end)
