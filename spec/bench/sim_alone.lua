-- sim_alone.lua WORLDS DAYS: one patient of the orthopaedics pathway, in a fresh world each time, as a spec plays her: she
-- answers what she is asked, and a nurse books her review. Prints the median of the time from her discharge on.
local uv = require "luv"
local sim = require "afterward.sim"
local worlds, days = tonumber(arg[1]), tonumber(arg[2])

local ASKED = { { 1, "wound-check" }, { 3, "pain" }, { 10, "pain" }, { 17, "pain" }, { 24, "pain" }, { 31, "pain" }, { 38, "pain" } }
local WELL = { ["wound-check"] = { temp = 36.5, wound = "dry", calf = false }, pain = { pain = 3, wound = "dry" } }
local REVIEW = 56
-- Her pathway's, without the department's weekly digest.
local FILES = { "scripts/ortho/hip.lua", "scripts/ortho/forms.lua", "scripts/ortho/templates.lua", "scripts/ortho/joint.lua",
  "scripts/ortho/knee.lua", "scripts/shared/urgent-clinical.lua" }

local function live(w, pt)
  local day = 0
  local function till(d)
    w:advance(("%dh"):format((d - day) * 24))
    day = d
  end
  for _, asked in ipairs(ASKED) do
    if asked[1] <= days then
      till(asked[1])
      pt:answer(asked[2], WELL[asked[2]])
    end
  end
  if days >= REVIEW then
    till(REVIEW)
    w:task "book":done { code = "done" }
  end
  till(days)
end

local took, began = {}, uv.getrusage().utime
for i = 1, worlds do
  local w = sim.world { scripts = FILES, at = "2026-03-02 15:00" }
  local pt, from = w:patient { age = 68, family = true }, uv.hrtime()
  w:discharge(pt, { procedures = { "81.51" } })
  live(w, pt)
  took[i] = (uv.hrtime() - from) / 1e6
  w:close()
end
table.sort(took)
local ended = uv.getrusage().utime
print(("median_ms %.3f least_ms %.3f cpu %.3f"):format(took[worlds // 2 + 1], took[1],
  ended.sec - began.sec + (ended.usec - began.usec) / 1e6))
