-- What reports reckon with, against numbers that others published or that were worked out by hand.
local figures = dofile "engine/sim/figures.lua"

local function near(expected, got, within)
  assert.is_true(got and math.abs(expected - got) <= (within or 0.00005), ("%s, not %s"):format(expected, got))
end

describe("a report's figures", function()
  it("give a share Wilson's interval, as Newcombe tabled it (1998, Statistics in Medicine 17, 857-872, table I, method 3)", function()
    for _, row in ipairs { { 81, 263, 0.2553, 0.3662 }, { 15, 148, 0.0624, 0.1605 }, { 0, 20, 0, 0.1611 }, { 1, 29, 0.0061, 0.1718 } } do
      local low, high = figures.wilson(row[1], row[2])
      near(row[3], low)
      near(row[4], high)
    end
    assert.is_nil(figures.wilson(0, 0))
    assert.equal("82 % (41 of 50; 95 %: 69 to 90 %)", tostring(figures.rate(41, 50)))
    assert.equal("- (0 of 0)", tostring(figures.rate(0, 0)))
  end)

  it("give a change of shares Newcombe's interval (1998, Statistics in Medicine 17, 873-890, table II, method 10)", function()
    for _, row in ipairs { { 56, 70, 48, 80, 0.0524, 0.3339 }, { 9, 10, 3, 10, 0.1705, 0.8090 }, { 6, 7, 2, 7, 0.0582, 0.8062 },
      { 5, 56, 0, 29, -0.0381, 0.1926 }, { 0, 10, 0, 20, -0.1611, 0.2775 } } do
      local change = figures.moved(row[1], row[2], row[3], row[4])
      near(row[5], change.low)
      near(row[6], change.high)
    end
    assert.equal("+20 points ▲", figures.moved(56, 70, 48, 80).text)
    assert.equal("-20 points ▼", figures.moved(48, 80, 56, 70).text)
    assert.equal("+9 points", figures.moved(5, 56, 0, 29).text)                  -- may be chance
    assert.is_nil(figures.moved(1, 2, 0, 0))
  end)

  it("give the net promoter score its interval: 6 promoters, 3 passives, 1 detractor", function()
    local score, low, high, n = figures.nps { promoters = 6, passives = 3, detractors = 1 }
    assert.same({ 50, 10 }, { score, n })
    -- p = 6.75/13, d = 1.75/13: 38.46 ± 1.95996 √((8.5/13 − 0.3846²)/13) = 38.46 ± 38.67
    near(-0.20, low, 0.01)
    near(77.13, high, 0.01)
    assert.is_nil(figures.nps { promoters = 0, passives = 0, detractors = 0 })
  end)

  it("tell counts apart when they differ by more than chance: |a − b| − 1 > 1.96 √(a + b), from five on", function()
    assert.is_true(figures.differ(23, 10))                                       -- 12 > 11.26
    assert.is_false(figures.differ(22, 10))                                      -- 11 < 11.09
    assert.is_false(figures.differ(4, 0))
    assert.is_true(figures.differ(6, 0))                                         -- 5 > 4.80
    assert.equal("+130 % ▲", figures.trend { now = 23, before = 10 })
    assert.equal("+120 %", figures.trend { now = 22, before = 10 })
    assert.equal("new ▲", figures.trend { now = 6, before = 0 })
  end)

  it("give a ratio of counts its interval: 5 after 15 before, a half added to both", function()
    local ratio, low, high = figures.ratio(5, 15)
    near(5.5 / 15.5, ratio)
    near(0.13414, low)                                                           -- 0.35484 e^−0.97277
    near(0.93864, high)
  end)

  it("are less sure of a week the fewer others are known", function()
    near((1 / 3) ^ 8, figures.surprise(8, 0, 2), 1e-9)                           -- all eight in one of three weeks
    near(6 / 16 + 4 / 16 + 1 / 16, figures.surprise(2, 2, 1))                    -- two or more of four heads
    near(1, figures.surprise(0, 5, 3))
    local before = 1
    for _, weeks in ipairs { 1, 2, 4, 8, 15 } do
      local chance = figures.surprise(12, 2 * weeks, weeks)
      assert.is_true(chance < before)
      before = chance
    end
  end)
end)
