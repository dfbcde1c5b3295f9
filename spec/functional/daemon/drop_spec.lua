-- A folder in which the hospital's system puts lists: each is imported when it is whole, and put away.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local lfs = require "lfs"

local MAP = [[return {
  columns = { ["科室"] = "department", ["姓名"] = "name", ["出生日期"] = "birth", ["手机号"] = "phone", ["病案号"] = "mrn", ["出院时间"] = "discharged" },
  departments = { ["骨科"] = "w" },
}]]
local HEAD = "病案号,姓名,出生日期,手机号,科室,出院时间"
local function row(n, birth) return ("M%d,王小%d,%s,%s,骨科,2026-03-02 08:00"):format(n, n, birth or "1951-02-03", Hospital.phone(n)) end
local function rows(from, to)
  local out = { HEAD }
  for n = from, to do out[#out + 1] = row(n) end
  return table.concat(out, "\r\n") .. "\r\n"
end

local function write(path, text, mode)
  local file <close> = assert(io.open(path, mode or "w"))
  file:write(text)
end
local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a"
end
local function gb(text, back)
  local path = os.tmpname()
  write(path, text)
  local pipe <close> = assert(io.popen(("iconv %s '%s'"):format(back and "-f GB18030 -t UTF-8" or "-f UTF-8 -t GB18030", path)))
  local out = pipe:read "a"
  os.remove(path)
  return out
end
local function names(path)
  local out = {}
  for name in lfs.dir(path) do if name:sub(1, 1) ~= "." then out[#out + 1] = name end end
  table.sort(out)
  return out
end

describe("A folder of lists", function()
  local h, inbox
  local function open()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "24h", run = function(p) p:send "hello" end },') } }
    inbox = h.folder .. "/incoming"
    lfs.mkdir(inbox)
    write(h.folder .. "/map.lua", MAP)
    h:configure("sms = " .. h.gateway:channel(), ([[connectors = { his = { plugin = "csv-drop", folder = "%s",
      map = "%s/map.lua", settle = "1s" } },]]):format(inbox, h.folder))
    return h
  end
  before_each(function() open():start() end)
  after_each(function() h:close() end)

  local function put(name, text)                                    -- as a careful sender does: under another name first
    write(inbox .. "/" .. name .. ".part", text)
    assert(os.rename(inbox .. "/" .. name .. ".part", inbox .. "/" .. name))
  end
  local function gone(name) wait.till(name .. " is put away", function() return not lfs.attributes(inbox .. "/" .. name) end, 20) end
  local function item() return h:get("/api/v1/plugins").items[1] end
  local function warnings() return h:get("/healthz").warnings end

  it("takes a list in GB18030, puts it away, and tells bad rows by line and reason, to be mended and put in again", function()
    put("list.csv", gb(HEAD .. "\r\n" .. row(1) .. "\r\n" .. row(2, "1951-02-30") .. "\r\n" .. row(3) .. "\r\n"))
    gone "list.csv"
    wait.till("it has been counted", function() return item().taken == 2 end)
    assert.truthy(h:patient(1) and h:patient(3))
    assert.same({ { "list.csv" }, { "list.csv.rejects.csv" } }, { names(inbox .. "/done"), names(inbox .. "/failed") })
    local rejects = gb(read(inbox .. "/failed/list.csv.rejects.csv"), true)
    assert.matches("行号,原因", rejects)
    assert.matches("1951%-02%-30.*,3,出生日期", rejects)
    assert.same({ "his", "csv-drop", "well", 1 }, (function(i) return { i.name, i.plugin, i.state, i.refused } end)(item()))
    assert.matches("1 files lie in .*/failed", warnings())
    put("mended.csv", gb((rejects:gsub("1951%-02%-30", "1951-02-28"))))
    os.remove(inbox .. "/failed/list.csv.rejects.csv")
    gone "mended.csv"
    assert.truthy(h:patient(2))
    wait.till("all is well", function() return warnings() == "" end)
    assert.equal("his", h:get("/api/v1/events?source=his").items[1].source)
  end)

  it("waits until a list is whole", function()
    local text = rows(1, 4)
    write(inbox .. "/slow.csv", text:sub(1, 60))
    write(inbox .. "/never.csv.tmp", text)
    write(inbox .. "/.hidden.csv", text)
    for at = 61, #text, 40 do                                       -- a slow line: never still for a second
      wait.ms(400)
      write(inbox .. "/slow.csv", text:sub(at, at + 39), "a")
      assert.falsy(h:patient(1))
    end
    gone "slow.csv"
    for n = 1, 4 do assert.truthy(h:patient(n), n) end
    assert.same({ {}, 0 }, { names(inbox .. "/failed"), item().refused })
    assert.truthy(lfs.attributes(inbox .. "/never.csv.tmp") and lfs.attributes(inbox .. "/.hidden.csv"))
  end)

  it("takes the same list under the same name once, and another under that name, too", function()
    put("list.csv", rows(1, 2))
    gone "list.csv"
    wait.till("it is counted", function() return item().taken == 2 end)
    put("list.csv", rows(1, 2))
    gone "list.csv"
    wait.till("it is known", function() return h:words():find('file="list.csv" rows=0 taken=0 bad=0 repeated=1', 1, true) end)
    assert.same({ "list.csv" }, names(inbox .. "/done"))
    put("list.csv", rows(2, 3))
    gone "list.csv"
    local list = names(inbox .. "/done")
    assert.equal(2, #list)
    assert.matches("^list%.20260302%d%d%d%d%d%d%.csv$", list[1])
    assert.truthy(h:patient(3))
    assert.equal(3, h:get("/summary").enrolled)
  end)

  it("puts what is no list apart, with the reason", function()
    put("menu.csv", "菜名,价格\r\n豆腐,12\r\n")
    gone "menu.csv"
    local failed = inbox .. "/failed/"
    assert.same({ "menu.csv", "menu.csv.report.txt" }, names(failed))
    assert.matches("病案号", read(failed .. "menu.csv.report.txt"))
    wait.till("it is said", function() return item().error end)
    assert.matches("病案号", item().error)
    put("empty.csv", "")
    gone "empty.csv"
    assert.matches("the list is empty", read(failed .. "empty.csv.report.txt"))
    put("list.csv", rows(1, 1))
    gone "list.csv"
    wait.till("the next is well", function() return not item().error end)
  end)

  it("killed within a list takes it again, and nobody is followed up twice", function()
    local COUNT = 4000
    put("long.csv", rows(1, COUNT))
    local kills = 0
    while lfs.attributes(inbox .. "/long.csv") and kills < 4 do
      local known = (kills + 1) * 300
      wait.till("it has begun", function() return h:get("/summary").patients >= known or not lfs.attributes(inbox .. "/long.csv") end, 60)
      h:kill()
      h:start()
      kills = kills + 1
    end
    wait.till("it is put away", function() return not lfs.attributes(inbox .. "/long.csv") end, 60)
    assert.truthy(kills >= 2)
    local books = h:get("/summary")
    assert.same({ COUNT, COUNT }, { books.patients, books.enrolled })
    assert.same({ { "long.csv" }, {} }, { names(inbox .. "/done"), names(inbox .. "/failed") })
  end)

  it("stops within a list", function()
    put("long.csv", rows(1, 20000))
    wait.till("it has begun", function() return h:get("/summary").patients > 0 end, 30)
    local before = os.time()
    assert.equal(0, (h:stop()))
    assert.truthy(os.time() - before < 12)
    assert.truthy(lfs.attributes(inbox .. "/long.csv"))
  end)

  it("says once where it may not read or write, and goes on when it may", function()
    os.remove(inbox .. "/failed")
    write(inbox .. "/failed", "a file")
    put("list.csv", rows(1, 1))
    wait.till("it says so", function() return warnings() ~= "" end, 20)
    assert.matches("connector his gets nothing: .*/failed can't be opened as a folder: Not a directory", warnings())
    wait.ms(2500)
    assert.equal(1, select(2, h:words():gsub("drop%.misconfigured", "")))
    assert.is_nil(h:patient(1))
    os.remove(inbox .. "/failed")
    h:afterward("pull", "his")
    gone "list.csv"
    assert.equal("", warnings())
  end)

  it("moves nothing to where a link leads that somebody put in the place of its folders", function()
    lfs.mkdir(h.folder .. "/elsewhere")
    wait.till("its folders are there", function() return lfs.attributes(inbox .. "/failed") end, 20)
    assert.equal(0, os.execute(("rm -r '%s/done'"):format(inbox)) and 0)
    lfs.link(h.folder .. "/elsewhere", inbox .. "/done", true)
    put("list.csv", rows(1, 1))
    wait.till("it says so", function() return warnings() ~= "" end, 20)
    assert.same({}, names(h.folder .. "/elsewhere"))
    os.remove(inbox .. "/done")
    gone "list.csv"
  end)

  it("says at the start what is wrong with its settings", function()
    h:stop()
    for settings, reason in pairs {
      ['folder = "incoming", map = "/m.lua"'] = "folder must be a path",
      ['folder = "/x", map = "/nowhere/m.lua"'] = "/nowhere/m.lua",
      [('folder = "/x", map = "%s/map.lua", settel = "1s"'):format(h.folder)] = 'settel\'; did you mean "settle"',
      [('folder = "/x", map = "%s/map.lua", settle = "soon"'):format(h.folder)] = 'settle must be a span from "1s"',
    } do
      h:configure("log = {}", ('connectors = { his = { plugin = "csv-drop", %s } },'):format(settings))
      local process = h:launch()
      wait.till("it has ended", function() return process.ended end)
      assert.truthy(process.errors:find('connector "his"', 1, true) and process.errors:find(reason, 1, true), process.errors)
    end
    open():start()
  end)
end)
