-- FHIR transactions while the process is killed at any moment: each is there whole, or not at all; what was acknowledged is there;
-- and what got no answer may be sent again without anything being there twice.
local Fhir = require "functional.support.fhir"
local Hospital = require "functional.support.hospital"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local json = require "dkjson"

local CLIENTS, READINGS, PER_HOSPITAL = 6, 20, 25
local HEADERS = { ["Content-Type"] = "application/fhir+json", Authorization = "Bearer " .. Hospital.TOKENS.boss }

-- A patient, a stay that has ended, and readings of it, which name each other.
local function transaction(n, at)
  local of, during = { reference = "urn:uuid:p" .. n }, { reference = "urn:uuid:v" .. n }
  local entries = {}
  local function add(url, resource)
    resource.resourceType = resource.resourceType or url
    entries[#entries + 1] = { fullUrl = url == "Patient" and of.reference or url == "Encounter" and during.reference or nil,
      request = { method = "POST", url = url }, resource = resource }
  end
  for i = 1, READINGS do
    add("Observation", { status = "final", subject = of, encounter = during, effectiveDateTime = Hospital.iso(at - i * 60000),
      identifier = { { value = ("R%d-%d"):format(n, i) } }, code = { coding = { { system = "http://loinc.org", code = "8867-4" } } },
      valueQuantity = { value = 60 + i, code = "/min" } })
  end
  add("Encounter", { status = "finished", class = { code = "IMP" }, subject = of, identifier = { { system = Fhir.VN, value = "V" .. n } },
    serviceType = { coding = { { code = "w" } } }, period = { start = Hospital.iso(at - 3 * 86400000), ["end"] = Hospital.iso(at - 1000) },
    hospitalization = { dischargeDisposition = { coding = { { code = "home" } } } } })
  add("Patient", Fhir.patient(n))
  return json.encode { resourceType = "Bundle", type = "transaction", entry = entries }
end

local function sender(fhir, books, name, seed)
  local h, roll = fhir.h, dice(seed, name)
  wait.go(function()
    while not books.over do
      books.sent = books.sent + 1
      local n, at, answered = books.sent, h:now(), nil
      local body = transaction(n, at)
      while not answered and not books.over do
        local tried, status, text = books.up, nil, nil
        if tried then status, text = h.client:ask("POST", "/fhir", HEADERS, body) end
        answered = status == 200
        if status and not answered and status ~= 503 then books.odd[#books.odd + 1] = ("%d: %s"):format(status, text:sub(1, 200)) end
        if not answered then
          if tried then books.again = books.again + 1 end
          wait.sleep(roll(5, 40))
        end
      end
      if answered then books.acknowledged[n] = true end
    end
    books.clients = books.clients - 1
  end)
end

-- What the database has of it: patient, stay, readings, enrollment.
local function found(h, n)
  local sql = ([[SELECT (SELECT count(*) FROM identity WHERE kind='mrn' AND value='M%d') || ' ' ||
    (SELECT count(*) FROM encounter WHERE visit='V%d' AND status='out') || ' ' ||
    (SELECT count(*) FROM observation o JOIN identity i ON i.person=o.patient AND i.kind='mrn' AND i.value='M%d') || ' ' ||
    (SELECT count(*) FROM event e JOIN identity i ON i.person=e.patient AND i.kind='mrn' AND i.value='M%d' WHERE e.kind='discharge')]])
    :format(n, n, n, n)
  local pipe <close> = assert(io.popen(("sqlite3 '%s/afterward.db' \"%s\""):format(h.state, sql)))
  return pipe:read "l"
end

local WHOLE, NOTHING = ("1 1 %d 1"):format(READINGS), "0 0 0 0"

local function compare(h, books, total)
  for n = 1, books.sent do
    local is = found(h, n)
    if books.acknowledged[n] then
      total.acknowledged = total.acknowledged + 1
      if is ~= WHOLE then total.lost = total.lost + 1 end
    elseif is ~= WHOLE and is ~= NOTHING then
      total.half = total.half + 1
    end
  end
  total.again, total.odd = total.again + books.again, total.odd + #books.odd
  for _, text in ipairs(books.odd) do io.stderr:write("  ", text, "\n") end
end

local function hospital(seed, number, rounds, total)
  local fhir = Fhir.open()
  local h, roll = fhir.h, dice(seed, number, "kill")
  local books = { sent = 0, again = 0, acknowledged = {}, odd = {}, up = true, clients = CLIENTS }
  for i = 1, CLIENTS do sender(fhir, books, "client" .. i, seed .. "/" .. number) end
  for _ = 1, rounds do
    wait.ms(roll(60, 500))
    books.up = false
    h:kill()
    h:start()
    books.up = true
  end
  wait.ms(200)
  books.over = true
  wait.till("the clients end", function() return books.clients == 0 end, 30)
  h:stop()
  compare(h, books, total)
  fhir:close()
end

return {
  about = "FHIR transactions under kill -9: each whole or not at all, acknowledged ones whole, none twice when sent again",
  figure = "0 half there, 0 acknowledged and not whole",
  rounds = 300,
  short = 15,
  run = function(o)
    local total, left, number = { acknowledged = 0, lost = 0, half = 0, again = 0, odd = 0 }, o.rounds, 0
    while left > 0 do
      number = number + 1
      local rounds = math.min(left, PER_HOSPITAL)
      hospital(o.seed, number, rounds, total)
      left = left - rounds
      o.say(("%d kills: %d transactions acknowledged, %d sent again"):format(o.rounds - left, total.acknowledged, total.again))
    end
    return {
      { figure = "transactions acknowledged", value = total.acknowledged, target = "some", ok = total.acknowledged > o.rounds },
      { figure = "acknowledged and not whole, or doubled", value = total.lost, target = 0, ok = total.lost == 0 },
      { figure = "half there", value = total.half, target = 0, ok = total.half == 0 },
      { figure = "answered otherwise", value = total.odd, target = 0, ok = total.odd == 0 },
    }
  end,
}
