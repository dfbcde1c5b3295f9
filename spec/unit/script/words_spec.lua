-- Words that the script API and the domain both list: the sandbox may not include the domain, so a spec keeps them equal.
local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local api = assert(load(read "engine/script/api.lua", "api.lua"))()

local function sorted(set)
  local out = {}
  for word in pairs(set) do out[#out + 1] = word end
  table.sort(out)
  return out
end

-- The body of a table in C, from the line that opens it.
local function table_of(source, opening)
  local from = assert(source:find(opening, 1, true), opening)
  return source:sub(from + #opening, (assert(source:find("};", from, true))))
end

local function kinds_told(source, out)
  -- Told by the caller's own words: an event's kind where the event's shape is its kind's, or a table of them.
  for word in source:gmatch 'event_tell%(%s*event,%s*"([%l-]+)"' do out[word] = true end
  for word in source:gmatch 'event_record%([%w_>-]+,[^"()]-"([%l-]+)"' do out[word] = true end
  if source:find("event_tell(event, event->kind", 1, true) then
    for word in source:gmatch 'keep_list%(event, "%l+", "(%l+)"' do out[word] = true end
  end
  for list in source:gmatch 'words%[%]%[2%]%s*=%s*(%b{})' do
    for word in list:gmatch '{"[%l-]+", "([%l-]+)"}' do out[word] = true end
  end
  return out
end

describe("the script API and the domain name the same", function()
  it("results of a task, in the same order and Chinese", function()
    local known = {}
    for code, zh in table_of(read "engine/care/task_code.c", "codes[] = {"):gmatch '{"([%l-]+)", "([^"]+)", "' do
      known[#known + 1] = { code, zh }
    end
    assert.is_true(#known > 10)
    assert.same(known, api.result_codes)
  end)

  it("measures, in the same units", function()
    local known = {}
    for code, unit in read "engine/care/measure.csv":gmatch "\n([%l%d-]+),([^,]+),%-?[%d.]+" do
      known[code] = unit
    end
    assert.is_true(#sorted(known) > 10)
    assert.same(known, api.observations)
  end)

  it("events: a script waits for none that nobody tells, and may wait for each that is told", function()
    local told = {}
    local pipe <close> = assert(io.popen "ls engine/care/*.c")
    for path in pipe:lines() do kinds_told(read(path), told) end
    local listed = {}
    for _, word in ipairs(api.events) do listed[word] = true end
    assert.same(sorted(told), sorted(listed))
  end)

  it("shapes of events, and not one kind more", function()
    local source = [[event_tell(event, "admission", NULL); event_record(care, patient, "death", at);
      static const char *const words[][2] = {{"booked", "appointment"}}; event_record(event->care, event->patient, kind, 0);]]
    assert.same({ "admission", "appointment", "death" }, sorted(kinds_told(source, {})))
  end)
end)
