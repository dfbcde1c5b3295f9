-- How well the office's lists read: 300 items that were made of pieces nobody looked at while writing them, and speed apart, every
-- danger heard. The lists may be judged by hand with: afterward triage eval scripts/feedback/spec/labelled/unseen.csv
local json = require "dkjson"

describe("what people write", function()
  local report
  setup(function()
    local pipe = assert(io.popen(os.getenv "AFTERWARD_DAEMON" .. " triage eval scripts/feedback/spec/labelled/unseen.csv --scripts scripts --json"))
    report = assert(json.decode(pipe:read "a"))
    pipe:close()
  end)

  it("is read as the pieces say: at least 0.85 in the mean over the classes of each field", function()
    assert.equal(300, report.items)
    for _, field in ipairs { "stage", "type", "nature", "urgency" } do
      assert.is_true(report.fields[field].macro_f1 >= 0.85, field .. " " .. report.fields[field].macro_f1)
    end
  end)

  it("that is dangerous is never missed", function()
    for _, row in ipairs(report.fields.urgency.classes) do
      if row.class == "danger" or row.class == "dispute" then assert.is_true(row.recall >= 0.98, row.class .. " " .. row.recall) end
    end
  end)
end)
