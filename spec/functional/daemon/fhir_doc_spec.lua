-- docs/connectors.md is true: its commands for FHIR are run as they stand there.
local Fhir = require "functional.support.fhir"
local Hospital = require "functional.support.hospital"
local play = require "functional.support.play"
local wait = require "functional.support.wait"
local json = require "dkjson"

describe("docs/connectors.md", function()
  local fhir
  setup(function() fhir = Fhir.open() end)
  teardown(function() fhir:close() end)

  it("has commands that do what it says", function()
    local script = play.file "docs/connectors.md":match "\n```sh fhir\n(.-)\n```"
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(script, "\n")
    file:close()
    local process = wait.for_it(function()
      return io.popen(("env -u LD_PRELOAD FHIR=http://127.0.0.1:%d/fhir TOKEN=%s bash -e %s 2>&1"):format(fhir.h.port, Hospital.TOKENS.boss, path))
    end)
    local answers = {}
    for line in process:lines() do answers[#answers + 1] = assert(json.decode(line), line) end
    process:close()
    os.remove(path)
    local types = {}
    for i, answer in ipairs(answers) do types[i] = answer.type or answer.resourceType end
    assert.same({ "CapabilityStatement", "Patient", "searchset", "transaction-response", "searchset", "searchset", "searchset" }, types)
    assert.equal(answers[2].id, answers[3].entry[1].resource.id)
    for i = 1, 3 do assert.equal("201 Created", answers[4].entry[i].response.status) end
    assert.equal("finished", answers[5].entry[1].resource.status)
    assert.equal("王大", fhir:get("RelatedPerson?patient=" .. answers[2].id).entry[1].resource.name[1].text)
  end)
end)
