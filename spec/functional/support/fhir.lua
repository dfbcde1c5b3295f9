-- A hospital that is spoken to in FHIR: Fhir.open(config) starts one; what it gives has the calls and resources that specs use.
local Hospital = require "functional.support.hospital"

local STEP = 'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },'
local CONTENT = { ["Content-Type"] = "application/fhir+json" }
local MRN, VN = "https://hospital.example/mrn", "https://hospital.example/visit"
local Fhir = { MRN = MRN, VN = VN }

local function headers(more)
  local all = {}
  for _, set in ipairs { CONTENT, more or {} } do for name, value in pairs(set) do all[name] = value end end
  return all
end

local function with(resource, more)
  for key, value in pairs(more or {}) do resource[key] = value end
  return resource
end

-- more: Lua text for the key fhir; site: for other keys.
function Fhir.open(more, site, o)
  local self = setmetatable({}, { __index = Fhir })
  local options = { scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) },
    site = ('fhir = { mrn = "%s", visit = "%s", %s },%s'):format(MRN, VN, more or "", site or "") }
  for key, value in pairs(o or {}) do options[key] = value end
  self.h = Hospital.open(options):start()
  return self
end

function Fhir:close() self.h:close() end

function Fhir:ask(method, path, body, more) return self.h:call(method, "/fhir/" .. path, body, headers(more)) end

function Fhir:get(path, more)
  local status, body, got = self:ask("GET", path, nil, more)
  assert(status == 200, body and body.issue and body.issue[1].diagnostics or status)
  return body, got
end

-- The sentence, and the elements that it is about.
function Fhir:refused(wanted, code, method, path, body, more)
  local status, outcome, got = self:ask(method, path, body, more)
  local issue = outcome and outcome.issue and outcome.issue[1] or {}
  if status ~= wanted or outcome.resourceType ~= "OperationOutcome" or issue.code ~= code
    or got["content-type"] ~= "application/fhir+json;charset=utf-8" then
    error(("%s %s: %s %s %s"):format(method, path, status, issue.code, issue.diagnostics), 2)
  end
  return issue.diagnostics, issue.expression
end

function Fhir:create(type, resource, more)
  local status, body, got = self:ask("POST", type, resource, more)
  if status ~= 201 then error(body and body.issue and body.issue[1].diagnostics or status, 2) end
  return body, got
end

function Fhir.patient(n, more)
  return with({ resourceType = "Patient", identifier = { { system = MRN, value = "M" .. n } },
    name = { { family = "王", given = { "小" .. n } } }, gender = "female", birthDate = "1951-02-03",
    telecom = { { system = "phone", value = Hospital.phone(n) } } }, more)
end

function Fhir:stay(n, id, status, more)
  return with({ resourceType = "Encounter", status = status, class = { code = "IMP" }, subject = { reference = "Patient/" .. id },
    identifier = { { system = VN, value = "V" .. n } }, serviceType = { coding = { { code = "w" } } },
    period = { start = Hospital.iso(self.h:now() - 3 * 86400000) } }, more)
end

-- The period of a stay that has just ended.
function Fhir:over() return { start = Hospital.iso(self.h:now() - 3 * 86400000), ["end"] = Hospital.iso(self.h:now() - 1000) } end

function Fhir:enrollments(id) return self.h:get("/enrollments?patient=" .. id).items end

return Fhir
