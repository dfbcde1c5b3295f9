-- Clients that nobody here wrote send to the HL7 listener: npm's @medplum/hl7 (also in GB18030), node-hl7-client and simple-hl7, and
-- Debian's python3-hl7.
local Hospital = require "functional.support.hospital"
local Node = require "functional.support.node"
local wait = require "functional.support.wait"
local json = require "dkjson"

describe("HL7 clients of others", function()
  local h, port
  setup(function()
    h = Hospital.open { plugins = os.getenv "AFTERWARD_BUILD" .. "/plugins", channels = "log = {}",
      site = 'connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0" } },' }
    h:start()
    port = tonumber(h:get("/plugins").items[1].listens[1]:match ":(%d+)$")
  end)
  teardown(function() h:close() end)

  local function message(n)
    return table.concat({ "MSH|^~\\&|HIS|HOSP|AW|HOSP|20260302110000||ADT^A03|C" .. n .. "|P|2.4", "EVN|A03|20260302103000",
      "PID|1||M" .. n .. "^^^HOSP^MR||李^秀英||19580302|F|||||138000010" .. n, "PV1|1|I|3W" }, "\r")
  end
  local function known(n) return wait.till("the patient is known", function() return h:patient(n) end) end

  for n, case in ipairs { { "medplum" }, { "medplum", "gb18030" }, { "node" }, { "simple" } } do
    it("are answered: " .. table.concat(case, " in "), function()
      if not Node.there() then return pending "./dev install-deps fetches it" end
      local answer = wait.for_it(function()
        return Node.ask("hl7.js", case[1], json.encode { port = port, message = message(10 + n), encoding = case[2] })
      end)
      assert.same({ "AA", "C" .. 10 + n }, { answer.code, answer.id }, answer.text)
      known(10 + n)
    end)
  end

  it("are answered: python3-hl7's mllp_send", function()
    local file = os.tmpname()
    local out = assert(io.open(file, "w"))
    out:write(message(20), "\r\n")
    out:close()
    local process = wait.for_it(function()
      return io.popen(("env -u LD_PRELOAD timeout 10 mllp_send --loose -f %s -p %d 127.0.0.1 2>&1"):format(file, port))
    end)
    known(20)
    assert.truthy(process:read "a":find("MSA|AA|C20", 1, true))
    process:close()
    os.remove(file)
  end)
end)
