-- The office's deadlines, and nothing else: m, h and d are natural time, around the clock; bh and bd the calendar's working time.
-- A clock begins at intake, or when the one in `from` is met. joint: while several departments handle it. extend: by so much, once, with a
-- reason. pauses = false: goes on while the patient is waited for.
return {
  tier = {
    urgent   = { { "first-response", "1h" }, { "plan", "24h" }, { "resolution", "3bd" } },      -- 24 h is for a plan, not for the solution
    review   = { { "first-response", "1h" }, { "resolution", "24h" } },                         -- a bad one, where everybody reads it
    general  = { { "dispatch", "48h" }, { "resolution", "3bd" } },
    low      = { { "first-response", "24h" }, { "dispatch", "48h" }, { "resolution", "3bd" } },  -- fewer than three stars: a person calls
    question = { { "first-response", "10m" }, { "resolution", "1bd" } },
    external = {                                                                                -- an order of 12345: the bureau's, check locally
      { "first-response", "1bd", pauses = false }, { "reject-by", "1bd", pauses = false },
      { "resolution", "5bd", extend = "5bd", pauses = false }, { "upload", "1bd", from = "resolution", pauses = false } },
    ["external-urgent"] = {
      { "first-response", "1h", pauses = false }, { "reject-by", "4bh", pauses = false }, { "plan", "24h", pauses = false },
      { "resolution", "3bd", pauses = false }, { "upload", "1bd", from = "resolution", pauses = false } },
  },
  complaint = { { "statutory", "5bd", joint = "10bd" } },      -- 《医疗机构投诉管理办法》, beside our own three days
  all = { { "call-back", "72h", from = "resolution" } },
}
