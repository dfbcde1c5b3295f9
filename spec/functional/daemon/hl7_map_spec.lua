-- What each message becomes by the table that is installed: an integration engineer asks `afterward hl7 explain` before she connects.
local Hospital = require "functional.support.hospital"
local mllp = require "functional.support.mllp"
local wait = require "functional.support.wait"
local json = require "dkjson"

local message, pid, pv1, evn = mllp.message, mllp.pid, mllp.pv1, mllp.evn

describe("The map that is installed", function()
  local h
  setup(function()
    h = Hospital.open { plugins = os.getenv "AFTERWARD_BUILD" .. "/plugins", channels = "log = {}" }
    h:configure("log = {}", [[connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0" },
      far = { plugin = "hl7", listen = "127.0.0.1:0", peers = "192.0.2.7 198.51.100.0/24" } },]])
    h:start()
  end)
  teardown(function() h:close() end)

  -- The events that a message would become, and its answer.
  local function explain(text)
    local name = os.tmpname()
    local file <close> = assert(io.open(name, "w"))
    file:write(text)
    file:flush()
    local said, code, errors = h:afterward("hl7", "explain", name, "--connector", "his")
    os.remove(name)
    assert.equal(0, code, said .. errors)
    local events = {}
    for line in said:gmatch "event: (%b{})\n" do events[#events + 1] = json.decode(line) end
    return events, said:match "answer: (%u%u)", said
  end
  local function one(text)
    local events, answer, said = explain(text)
    assert.same({ "AA", 1 }, { answer, #events }, said)
    return events[1]
  end

  it("has a kind for each event of the ADT", function()
    for event, kind in pairs { A01 = "admission", A02 = "transfer", A03 = "discharge", A04 = "patient", A08 = "patient", A11 = "cancel-admission",
      A12 = "transfer", A13 = "cancel-discharge", A28 = "patient", A31 = "patient" } do
      local got = one(message("ADT^" .. event, { evn(event), pid(1), (pv1(1)) }))
      assert.same({ kind, "V1", "M1" }, { got.kind, got.visit, got.patient.mrn }, event)
    end
    for _, event in ipairs { "A34", "A40" } do
      local got = one(message("ADT^" .. event, { evn(event), pid(1), "MRG|M2^^^HOSP^MR" }))
      assert.same({ "merge", "M2", "M1" }, { got.kind, got.merge.from_mrn, got.merge.into_mrn }, event)
    end
    local several = explain(message("ADT^A40", { evn "A40", pid(1), "MRG|M2^^^HOSP^MR", pid(3), "MRG|M4^^^HOSP^MR" }))
    assert.same({ "M2", "M1", "M4", "M3" }, { several[1].merge.from_mrn, several[1].merge.into_mrn, several[2].merge.from_mrn,
      several[2].merge.into_mrn })
  end)

  it("takes each stay of an A45 with the MRG before it", function()
    local events = explain(message("ADT^A45", { evn "A45", pid(1), "MRG|M2^^^HOSP^MR||||V2", (pv1(7)), "MRG|M3^^^HOSP^MR||||V3", (pv1(8)) }))
    local got = {}
    for i, event in ipairs(events) do
      got[i] = table.concat({ event.kind, event.patient.mrn, event.visit, event.move.from_mrn, event.move.from_visit }, " ")
    end
    assert.same({ "move-visit M1 V7 M2 V2", "move-visit M1 V8 M3 V3" }, got)
  end)

  it("has a state for each event of an appointment, by v2.3 and by TQ1 of v2.5", function()
    for event, status in pairs { S12 = "booked", S13 = "changed", S14 = "changed", S15 = "cancelled", S17 = "cancelled", S26 = "no-show" } do
      local got = one(message("SIU^" .. event, { "SCH|P1|F1|||||||15|min|^^^20260309093000", pid(1), "AIL|1||w" }))
      assert.same({ "appointment", status, "F1", "2026-03-09T09:30:00" },
        { got.kind, got.appointment.status, got.appointment.id, got.appointment.at }, event)
    end
    assert.equal("2026-03-09T09:30:00", one(message("SIU^S12", { "SCH|P1|F1", "TQ1|1||||||20260309093000", pid(1) })).appointment.at)
  end)

  it("ignores politely what is not followed, whatever it holds", function()
    for _, type in ipairs { "BAR^P01", "BAR^P05", "DFT^P03", "ORM^O01", "OML^O21", "MDM^T02", "MDM^T06", "ADT^A41" } do
      local events, answer = explain(message(type, { evn "P03", pid(1), (pv1(1)), "OBX|1|TX|x||y||||||F" }))
      assert.same({ 0, "AA" }, { #events, answer }, type)
    end
  end)

  it("reads times of any precision, with fractions and odd offsets", function()
    for said, means in pairs { ["20260302103015"] = "2026-03-02T10:30:15", ["202603021030"] = "2026-03-02T10:30:00",
      ["2026030210"] = "2026-03-02T10:00:00", ["20260302"] = "2026-03-02T00:00:00", ["202603"] = "2026-03-01T00:00:00",
      ["20260302103015.4+0200"] = "2026-03-02T10:30:15+02:00", ["202603021030+0215"] = "2026-03-02T10:30:00+02:15",
      ["20260302103015.25-0330"] = "2026-03-02T10:30:15-03:30" } do
      assert.equal(means, one(message("ADT^A02", { "EVN|A02|" .. said, pid(1) })).at, said)
    end
  end)

  it('takes "" and an empty field as saying nothing', function()
    local got = one(message("ADT^A08", { evn "A08", 'PID|1||M1^^^HOSP^MR||""||""|""|||""||' }))
    assert.same({ mrn = "M1" }, got.patient)
  end)

  it('but a phone of "": the number is taken away, and nothing waits to go there', function()
    local got = explain(message("ADT^A08", { evn "A08", 'PID|1||M1^^^HOSP^MR||||||||||""' }))
    assert.same({ "patient", "contact" }, { got[1].kind, got[2].kind })
    assert.same({ mrn = "M1", no_phone = "true" }, got[2].patient)
  end)

  it("keeps strangers out: a peer that is not on the connector's list is closed before it says anything", function()
    local ports = mllp.ports(h)
    local stranger = mllp.peer(ports.far)
    wait.till("it is closed", function() return stranger.gone end)
    stranger.close()
    local friend = mllp.peer(ports.his)
    assert.matches("\rMSA|AA|", friend.send(mllp.discharge(9)))
    friend.close()
  end)
end)
