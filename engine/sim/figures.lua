-- What reports reckon with: shares with their interval, rates, and which numbers are out of the common. Every formula's source is in docs/reports.md.
local figures = {}
local Z = 1.959964                                             -- of 95 %, two-sided

-- 95 % interval of part of whole, as two shares (Wilson 1927); nil of nothing.
function figures.wilson(part, whole)
  if whole == 0 then return nil end
  local p = part / whole
  local middle = (p + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
  local half = Z * math.sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole)) / (1 + Z * Z / whole)
  return math.max(0, middle - half), math.min(1, middle + half)
end

function figures.percent(part, whole) return whole > 0 and ("%.0f %%"):format(100 * part / whole) or "-" end

-- A share with its numbers: as text "82 % (41 of 50; 95 %: 69 to 90 %)". mark: stands behind it, or nil.
local Rate = {}
function Rate.__tostring(self)
  local text = self.low and ("%s (%s)"):format(self.percent, self.detail) or "- (0 of 0)"
  return self.mark and text .. " " .. self.mark or text
end

function figures.rate(part, whole, mark)
  local low, high = figures.wilson(part, whole)
  local detail = low and ("%d of %d; 95 %%: %.0f to %.0f %%"):format(part, whole, 100 * low, 100 * high)
  return setmetatable({ part = part, whole = whole, low = low, high = high, percent = figures.percent(part, whole), detail = detail, mark = mark },
    Rate)
end

function figures.is_rate(cell) return getmetatable(cell) == Rate end

-- The change of a share in points: its text, and a mark when it is more than chance: the 95 % interval of the difference (Newcombe 1998,
-- method 10, of both shares' Wilson intervals) leaves nought out. nil when either is of nothing.
function figures.moved(part, whole, part_before, whole_before)
  if whole == 0 or whole_before == 0 then return nil end
  local p, q = part / whole, part_before / whole_before
  local l, u = figures.wilson(part, whole)
  local l0, u0 = figures.wilson(part_before, whole_before)
  local low = p - q - math.sqrt((p - l) ^ 2 + (u0 - q) ^ 2)
  local high = p - q + math.sqrt((u - p) ^ 2 + (q - l0) ^ 2)
  local mark = low > 0 and "▲" or high < 0 and "▼" or nil
  return { text = ("%+.0f points"):format(100 * (p - q)) .. (mark and " " .. mark or ""), mark = mark, low = low, high = high }
end

-- Net promoter score and its 95 % interval: that of a difference of two shares of the same answers, adjusted for few of them by three more,
-- a quarter each to promoters and detractors (Rocks 2016). nil of nothing.
function figures.nps(nps)
  local n = nps.promoters + nps.passives + nps.detractors
  if n == 0 then return nil end
  local p, d, m = nps.promoters + 0.75, nps.detractors + 0.75, n + 3
  local middle = (p - d) / m
  local half = Z * math.sqrt(((p + d) / m - middle * middle) / m)
  return 100 * (nps.promoters - nps.detractors) / n, 100 * math.max(-1, middle - half), 100 * math.min(1, middle + half), n
end

-- Whether two counts of equal spans differ by more than chance: given their sum each is binomial with one half (conditional test of two
-- Poisson counts, normal approximation with its correction).
function figures.differ(a, b)
  return a + b >= 5 and math.abs(a - b) - 1 > Z * math.sqrt(a + b)
end

-- now and before of a row: "+40 % ▲"; the sign stands when it is more than chance.
function figures.trend(row)
  local sign = figures.differ(row.now, row.before) and (row.now > row.before and " ▲" or " ▼") or ""
  if row.before == 0 then return (row.now > 0 and "new" or "") .. sign end
  return ("%+.0f %%"):format(100 * (row.now - row.before) / row.before) .. sign
end

-- How likely one of some equal spans holds so many or more of all, when none differs from the others: given the sum each count is binomial
-- (Przyborowski and Wilenski 1940), so that few spans give little certainty.
function figures.surprise(count, others, spans)
  local all, share = count + others, 1 / (spans + 1)
  local term = 0
  for i = 1, count do term = term + math.log((all - count + i) / i) end
  term = math.exp(term + count * math.log(share) + (all - count) * math.log(1 - share))
  local sum = 0
  for i = count, all do
    sum = sum + term
    if term < sum * 1e-12 then break end
    term = term * (all - i) / (i + 1) * share / (1 - share)
  end
  return math.min(1, sum)
end

-- after against before as a rate ratio with its 95 % interval (log method, a half added to both); nil of nothing.
function figures.ratio(after, before)
  if after + before == 0 then return nil end
  local a, b = after + 0.5, before + 0.5
  local half = Z * math.sqrt(1 / a + 1 / b)
  return a / b, a / b * math.exp(-half), a / b * math.exp(half)
end

function figures.hours(ms)
  if ms >= 172800000 then return ("%.1f d"):format(ms / 86400000) end
  return ms >= 3600000 and ("%.1f h"):format(ms / 3600000) or ("%.0f min"):format(ms / 60000)
end

return figures
