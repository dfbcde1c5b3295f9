-- A page to a nurse whose gateway takes it and never says so, for longer than it knows the number of the page.
local Hospital = require "functional.support.hospital"
local balance = require "functional.support.balance"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "1s", run = function(p) p:alert { id = "fever", level = "urgent", reason = "r" } end },'

describe("a page in doubt", function()
  local h
  teardown(function() h:close() end)

  it("goes again with its number while the gateway knows that, then with another: a nurse is rather told twice than never", function()
    local ladder = '{ page = "nurse", ack_within = "90d" } }, act_within = "90d"'
    local ward, changed = Hospital.ward("w", STEP):gsub('{ page = "nurse", ack_within = "15m" },.-act_within = "2h"', ladder)
    assert.equal(1, changed)
    -- A call takes 1.5 s at most, which are three hours here.
    h = Hospital.open { speed = 7200, keyed = "5h", scripts = { ["w/w.lua"] = ward } }:start()
    h.gateway.behave = function() return #h.gateway.requests <= 3 and "hang" or "accept" end
    assert.equal(0, select(2, h:afterward("staff", "set", "zhao", "--phone", "13700000001")))
    assert.equal(0, select(2, h:afterward("duty", "set", "nurse", "zhao")))
    assert(h:event(h:discharge(1)) == 202)
    local page = wait.till("the page is taken", function()
      local patient = h:patient(1)
      local message = patient and h:get("/messages?patient=" .. patient.id).items[1]
      return message and message.status == "accepted" and h:get("/messages/" .. message.id)
    end, 30)
    local keys, states = {}, {}
    for i, try in ipairs(page.tries) do
      keys[i], states[i] = try.key:match "%-(%d+)$", try.status
    end
    assert.same({ "in_doubt", "in_doubt", "in_doubt", "accepted" }, states)
    assert.same({ "0", "0", "1", "1" }, keys)
    local first, again = page.tries[1], page.tries[3]
    assert.is_true(Hospital.instant(again.started_at) - Hospital.instant(first.started_at) >= 4 * 3600000)
    -- The judge of ./dev faults knows the one from the other.
    assert.is_true(balance.numbers_were_forgotten(h, page))
    h.o.keyed = "48h"
    assert.is_false(balance.numbers_were_forgotten(h, page))
  end)
end)
