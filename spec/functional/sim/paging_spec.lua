-- What is not urgent doesn't ring all day: once everybody has been told, a post is called once an hour for all of it.
local H = require "functional.sim.helper"

-- Calls to a post after this moment, by hour.
local function hours(w, role, after)
  local out = {}
  for i, row in ipairs(w.core:query("SELECT at/3600000 AS i_hour, count(*) AS i_n FROM page WHERE role=?1 AND at>?2 GROUP BY 1 ORDER BY 1", role,
      after)) do out[i] = row.n end
  return out
end

describe("pages for overdue tasks that nobody sees", function()
  local w
  setup(function()
    w = H.world { steps = H.step [[p:task { id = "call", role = "nurse", due = "1h" }]] }
    for _ = 1, 10 do w:discharge(w:patient { age = 60 }) end
    w:advance "4h"
  end)

  it("tell each post of each task once", function()
    assert.equal(10, H.count(w, "(SELECT DISTINCT alert FROM page WHERE role='nurse')"))
    assert.equal(10, H.count(w, "(SELECT DISTINCT alert FROM page WHERE role='chief')"))
  end)

  it("then call once an hour for all of them, and say how many more there are", function()
    local after = w:now()
    w:advance "24h"
    local calls = hours(w, "chief", after)
    assert.is_true(#calls >= 23)
    for _, n in ipairs(calls) do assert.equal(1, n) end
    for _, n in ipairs(hours(w, "duty-officer", after)) do assert.is_true(n <= 1) end
    local text = w.core:query "SELECT text FROM message WHERE kind='page' AND audience='staff:dr-wu' ORDER BY id DESC LIMIT 1"[1].text
    assert.matches("另有 9 条未确认", text)
  end)

  it("go on for the others when one is seen to", function()
    for _ = 1, 9 do
      local row = w.core:query "SELECT id AS i_id FROM alert WHERE status='open' ORDER BY id LIMIT 1"[1]
      w:_submit("alert.ack", { alert = row.id, staff = "dr-wu" })
      w:_submit("alert.act", { alert = row.id, staff = "dr-wu", act = "rang" })
    end
    local after = w:now()
    w:advance "3h"
    assert.is_true(#hours(w, "chief", after) >= 2)
  end)
end)

it("an urgent alert's last level goes on as it says, beside what isn't", function()
  local w, pt = H.body [[p:task { id = "call", role = "nurse", due = "1h" } p:ask "check"]]
  w:advance "70m"
  pt:answer("check", { temp = 39.5 })
  w:advance "5h"
  local after = w:now()
  w:advance "4h"
  assert.equal(12, H.count(w, "page JOIN alert ON alert.id=page.alert WHERE level='urgent' AND page.role='chief' AND page.at>?1", after))
end)
