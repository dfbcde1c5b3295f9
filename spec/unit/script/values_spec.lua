local values = require("afterward.unit.script")

local function back(v)
  local bytes, why = values.encode(v)
  assert(bytes, why)
  return values.decode(bytes)
end

describe("a value that a script stores", function()
  it("comes back the same", function()
    for _, v in ipairs {
      true, false, 0, -1, math.maxinteger, math.mininteger, 0.5, -0.0, 1e308, "", "术后\0第一天",
      { 1, 2, 3 }, { { "a" }, { b = { c = 1.0 } } }, { a = 1, b = "x", ["1"] = 2 }, {},
    } do
      assert.same(v, back(v))
      assert.equal(math.type(v), math.type(back(v)))
    end
    assert.is_nil(back(nil))
  end)

  it("has the same bytes whatever order it was made in", function()
    local a, b = {}, {}
    for i = 1, 100 do a["k" .. i] = i b["k" .. 101 - i] = 101 - i end
    assert.equal(values.encode(a), values.encode(b))
    assert.not_equal(values.encode(1), values.encode(1.0))
  end)

  it("shares no table with another", function()
    local shared = { 1 }
    local v = back { a = shared, b = shared }
    assert.same({ a = { 1 }, b = { 1 } }, v)
    assert.not_equal(v.a, v.b)
  end)

  local circle = { x = { {} } }
  circle.x[1].y = circle
  local deep = {}
  for _ = 1, 40 do deep = { deep } end
  local long = ("x"):rep(600000)
  for why, case in pairs {
    ["fields.left: a function can't be stored"] = { left = print },
    ["fields[2].x: a userdata can't be stored"] = { 1, { x = io.stdout } },
    ["fields.n: not a number (0/0)"] = { n = 0 / 0 },
    ["fields.n: an infinite number can't be stored"] = { n = -math.huge },
    ["fields.m: a table is a list or has names, not both"] = { m = { 1, a = 2 } },
    ["fields: a list can't have holes"] = { 1, nil, 3 },
    ["fields: a key that is a boolean can't be stored"] = { [true] = 1 },
    ["fields: a key that is a number that is not 1, 2, 3… can't be stored"] = { [0] = 1 },
    ["fields.x[1].y: a table can't contain itself"] = circle,
    ["fields: the value is larger than 1 MB"] = { long, long },
  } do
    it("is refused when " .. why, function()
      local bytes, text = values.encode(case, "fields")
      assert.is_nil(bytes)
      if why:find "larger" then text = text:gsub("%[%d%]", "") end
      assert.equal(why, text)
    end)
  end

  it("is refused when too deep", function()
    local bytes, text = values.encode(deep, "fields")
    assert.is_nil(bytes)
    assert.truthy(text:find "nested deeper than 32")
  end)

  it("is never read from damaged bytes", function()
    local bytes = values.encode { a = { 1, 2, { b = "text", c = 1.5 } } }
    for cut = 0, #bytes - 1 do
      assert.same({ nil, "malformed" }, { values.decode(bytes:sub(1, cut)) })
    end
    for at = 1, #bytes do
      for _, c in ipairs { "\0", "\255", "\7" } do
        values.decode(bytes:sub(1, at - 1) .. c .. bytes:sub(at + 1))
      end
    end
  end)
end)
