-- Texts through the real Kannel to an operator that speaks SMPP (npm's smpp): what becomes of each, whole and in parts.
local Hospital = require "functional.support.hospital"
local Kannel = require "functional.support.kannel"
local Node = require "functional.support.node"
local json = require "dkjson"
local wait = require "functional.support.wait"

local LONG = ("术后第一天请按时服药，抬高患肢。"):rep(6)          -- 96 characters and the signature: two parts of UCS-2
local MORE = ('aw.template { id = "long", zh = %q, en = "Long" },'):format(LONG)
local STEPS = [[
  aw.step { id = "s", at = "30m", valid_for = "30d", run = function(p) p:send "hello" end },
  aw.step { id = "l", at = "40m", valid_for = "30d", run = function(p) p:send "long" end },
  aw.step { id = "z", at = "90d", run = function(p) p:send "hello" end },
]]
local FATES = { "DELIVRD", "UNDELIV", "EXPIRED", "REJECTD", "refused", "part2-refused" }
local run = Kannel.there() and Node.there() and describe or pending

run("an operator behind Kannel", function()
  local h, kannel, operator
  local parts, fates = {}, {}                                 -- number → what came to it
  for n, fate in ipairs(FATES) do fates[Hospital.phone(n)], parts[Hospital.phone(n)] = fate, {} end

  local function heard(line)
    if line.port then operator.port = line.port else table.insert(parts[line.to], line) end
  end

  setup(function()
    kannel = Kannel.prepare()
    operator = Node.start("operator.js", { json.encode(fates) }, heard)
    h = Hospital.open { speed = 3600, listen = "127.0.0.1:" .. kannel.daemon, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS, MORE) },
      channels = ([[sms = { plugin = "kannel", url = "http://127.0.0.1:%d/cgi-bin/sendsms", user = "ward", password = "p4ss",
        from = "1069", token = "t0k", receipts = "http://127.0.0.1:%d/channels/sms/receipt" }]]):format(kannel.sendsms, kannel.daemon) }
    h:start()
    wait.till("the operator listens", function() return operator.port end)
    kannel:start("t0k", ([[
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = %d
transceiver-mode = true
smsc-username = ward
smsc-password = p4ss
system-type = ""
reconnect-delay = 1]]):format(operator.port))
    for n in ipairs(FATES) do assert(h:event(h:discharge(n)) == 202) end
  end)
  teardown(function()
    operator:stop()
    kannel:stop()
    h:close()
  end)

  -- What came of the patient's texts, by template: its end, and what its only attempt says.
  local function ends(n)
    local patient, out = wait.till("the patient is known", function() return h:patient(n) end), {}
    for _, item in ipairs(h:get("/messages?patient=" .. patient.id).items) do
      local message = wait.till("the message has ended", function()
        local now = h:get("/messages/" .. item.id)
        return (now.status == "delivered" or now.status == "failed") and now
      end)
      assert.equal(1, #message.tries)
      out[item.name] = { message.status, message.tries[1].status, message.tries[1].detail }
    end
    return out
  end
  local function both(n)
    return wait.till("both are there", function()
      local found = ends(n)
      return found.hello and found.long and found
    end)
  end

  it("gets a short text whole, a long one in two parts of which the first alone asks for a receipt", function()
    both(1)
    local list, got = table.move(parts[Hospital.phone(1)], 1, 3, 1, {}), {}
    table.sort(list, function(a, b) return a.parts * 10 + a.part < b.parts * 10 + b.part end) -- which text goes first is open
    for i, part in ipairs(list) do got[i] = { part.part, part.parts, part.asked } end
    assert.same({ { 1, 1, true }, { 1, 2, true }, { 2, 2, false } }, got)
    local whole = list[2].text .. list[3].text
    assert.equal(67, utf8.len(list[2].text))
    assert.equal("【随访】" .. LONG .. "（非实时值守，紧急请拨120）", whole)
  end)

  it("says that it was delivered, of a long text what arrived of it", function()
    assert.same({ hello = { "delivered", "delivered" }, long = { "delivered", "delivered", "the first of several parts" } }, both(1))
  end)

  for n, words in pairs { [2] = "stat:UNDELIV", [3] = "stat:EXPIRED", [4] = "stat:REJECTD", [5] = "NACK/" } do
    it("says " .. FATES[n] .. ": the text failed, and nobody is left to send it to", function()
      for name, said in pairs(both(n)) do
        assert.same({ "failed", "failed" }, { said[1], said[2] }, name)
        assert.truthy(said[3]:find(words, 1, true), said[3])
      end
    end)
  end

  it("does not take the second part: half a text is no text, whatever the receipt of the first says", function()
    local found = both(6)
    assert.same({ "delivered", "delivered" }, found.hello)
    assert.same({ "failed", "failed", "NACK/" }, found.long)
    local receipt = Hospital.phone(6) .. "%] %[flags:[-:1]*:1%] %[msg:%d+:id:op%d+ [^\n]+DELIVRD"
    wait.till("the receipts of both texts came", function() return select(2, kannel:log "bearerbox-access":gsub(receipt, "")) == 2 end)
    assert.same({ "failed", "failed", "NACK/" }, both(6).long)
  end)
end)
