-- A discharge list as the hospital's system exports it, through `afterward import` into the daemon.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local MAP = [[return {
  columns = { ["科室"] = "department", ["姓名"] = "name", ["出生日期"] = "birth", ["手机号"] = "phone", ["病案号"] = "mrn",
    ["出院时间"] = "discharged", ["手术名称"] = "procedure_name", ["离院方式"] = "leaving", ["联系人"] = "contact_name",
    ["联系人电话"] = "contact_phone", ["联系人关系"] = "contact_relation", ["电子邮件"] = "email", ["联系人邮箱"] = "contact_email" },
  optional = { "电子邮件", "联系人邮箱" },
  departments = { ["骨科"] = "w" },
}]]
local HEAD = "病案号,姓名,出生日期,手机号,科室,出院时间,手术名称,离院方式,联系人,联系人电话,联系人关系"
local GOOD = {
  'Z1,王小兰,1951-02-03,13800000001,骨科,2026-03-02 08:00,"髋关节置换,左",医嘱离院,王大,13900000001,子女',
  'Z2,李㐂,1960/12/31,139 0000 0002,骨科,2026/03/02 09:30,"他说""好""",1,,,',
  "Z3,欧阳娜娜,1948年1月2日,,骨科,2026-03-02 08:00:00,,9,张三,13900000003,配偶",
}
local BAD = {
  { "Z4,赵四,1951-02-30,13800000004,骨科,2026-03-02 08:00,,1,,,", "出生日期", "1951-02-30", "1951-02-28" },
  { ",孙五,1951-02-03,13800000005,骨科,2026-03-02 08:00,,1,,,", "病案号", "^,", "Z5," },
  { "Z6,周六,1951-02-03,13800000006,骨科,昨天,,1,,,", "出院时间", "昨天", "2026-03-01 10:00" },
  { "Z7,吴七,1951-02-03,13800000007,骨科,2026-03-02 08:00,,飞走,,,", "离院方式", "飞走", "医嘱离院" },
}

local function to_gb(path) assert(os.execute(("iconv -f UTF-8 -t GB18030 '%s' > '%s.gb' && mv '%s.gb' '%s'"):format(path, path, path, path))) end
local function read(path)
  local pipe <close> = assert(io.popen(("iconv -f GB18030 -t UTF-8 '%s'"):format(path)))
  return pipe:read "a"
end
local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

describe("a discharge list", function()
  randomize(false)                                           -- each statement takes up where the one before ended
  local h, list, rejects
  setup(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w",
      'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },') } }:start()
    list, rejects = h.folder .. "/list.csv", h.folder .. "/list.rejects.csv"
    write(h.folder .. "/map.lua", MAP)
    local lines = { HEAD }
    for i, row in ipairs(GOOD) do
      lines[#lines + 1] = row
      if BAD[i] then lines[#lines + 1] = BAD[i][1] end
    end
    lines[#lines + 1] = BAD[4][1]
    write(list, table.concat(lines, "\r\n") .. "\r\n")
    to_gb(list)
  end)
  teardown(function() h:close() end)

  local function import(file, ...)
    local output, code, errors = h:afterward("import", file, "--map", h.folder .. "/map.lua", "--json", ...)
    local told = json.decode(output) or {}
    return { told.rows, told.taken, told.bad }, code, output .. errors
  end
  local function books() return h:get("/summary").enrolled end
  local function known(n) return h:get("/patients?mrn=Z" .. n).items[1] end

  it("in GB18030 goes in row by row, bad rows are told by line, column and reason", function()
    local count, code, words = import(list, "--rejects", rejects)
    assert.equal(1, code, words)
    assert.same({ 7, 3, 4 }, count)
    for i, bad in ipairs(BAD) do
      local line = i < 4 and 2 * i + 1 or 8
      assert.matches(("\nline %d, %s: %%S"):format(line, bad[2]), "\n" .. words)
    end
    wait.till("all three are followed", function() return books() == 3 end)
  end)

  it("of whom the daemon doesn't know is refused with the reason, however long it is", function()
    local long = h.folder .. "/long.csv"
    local rows = { HEAD }
    for i = 1, 3000 do rows[i + 1] = ("Y%d,王小兰,1951-02-03,13800000001,骨科,2026-03-02 08:00,髋关节置换,1,,,"):format(i) end
    write(long, table.concat(rows, "\n") .. "\n")
    local _, code, words = import(long, "--token", "not-a-token-of-this-daemon")
    assert.equal(1, code)
    assert.matches("does not let this token post events %(401%): the token that came is none of", words)
    assert.not_matches("413", words, 1, true)
  end)

  it("keeps names, commas, quotes and rare characters as they were written", function()
    local numbers = known(2).numbers[1].identities
    local values = {}
    for _, identity in ipairs(numbers) do values[identity.kind] = identity.value end
    assert.same({ mrn = "Z2", name = "李㐂", phone = "13900000002" }, values)
    assert.equal("1948-01", known(3).birth_month)
    assert.equal("child", known(1).contacts[2].relation)
  end)

  it("may bring e-mail addresses, the patient's and the contact's; what is none is told by its column", function()
    local file = h.folder .. "/mail.csv"
    write(file, HEAD .. ",电子邮件,联系人邮箱\n" .. GOOD[1] .. ",wang@example.org,da@example.org\n" .. GOOD[2] .. ",无,\n"
      .. GOOD[3] .. ",ouyang@医院,\n")
    local count, code, words = import(file)
    assert.equal(1, code)
    assert.same({ 3, 2, 1 }, count)
    assert.matches('\nline 4, 电子邮件: field "patient%.email": is not an e%-mail address', "\n" .. words)
    wait.till("the patient's is known", function() return json.encode(known(1)):find("wang@example.org", 1, true) end)
    assert.truthy(json.encode(known(1)):find("da@example.org", 1, true))
    local student = json.encode(h:get("/patients?mrn=Z1", { token = Hospital.TOKENS.reader }))
    assert.is_nil(student:find("wang@", 1, true))
  end)

  it("imported again changes nothing", function()
    assert.same({ 7, 3, 4 }, (import(list, "--rejects", rejects .. "2")))
    assert.equal(3, books())
    assert.equal(1, #h:get("/patients?mrn=Z1").items)
  end)

  it("leaves its bad rows in a file that is mended and imported", function()
    local text = read(rejects)
    assert.matches("^[^\n]*,行号,原因", text)
    for _, bad in ipairs(BAD) do assert.truthy(text:find(bad[2], 1, true)) end
    for _, bad in ipairs(BAD) do
      local wrong = bad[3]:gsub("^%^", "\n[^\n]-"):gsub("%-", "%%-")
      if bad[3] ~= "^," then text = text:gsub(wrong, bad[4]) end
    end
    text = text:gsub(",孙五", "Z5,孙五")
    write(rejects, text)
    to_gb(rejects)
    local count, code, words = import(rejects)
    assert.equal(0, code, words)
    assert.same({ 4, 4, 0 }, count)
    wait.till("all seven are followed", function() return books() == 7 end)
  end)

  it("without the columns that the map wants is refused with all their names", function()
    write(list, "病案号,姓名\nZ1,王\n")
    local _, code, words = import(list)
    assert.equal(1, code, words)
    for _, name in ipairs { "出院时间", "科室" } do assert.truthy(words:find(name, 1, true), words) end
  end)

  it("goes in UTF-8 too, with a byte-order mark", function()
    write(list, "\xEF\xBB\xBF" .. HEAD .. "\n" .. GOOD[1]:gsub("Z1", "Z8") .. "\n")
    local _, code, words = import(list)
    assert.equal(0, code, words)
    wait.till("the eighth is followed", function() return books() == 8 end)
  end)

  it("goes in with numbers that are nobody's, too short or of many, which are told by line, with the remedy, and listed", function()
    local lines, file = { HEAD }, h.folder .. "/numbers.csv"
    for i, phone in ipairs { "13800138000", "1380013", "13712340001", "13712340001", "13712340001", "13712340001", "13712345671" } do
      lines[#lines + 1] = ("N%d,钱%d,1951-02-03,%s,骨科,2026-03-02 08:00,,1,,,"):format(i, i, phone)
    end
    write(file, table.concat(lines, "\n") .. "\n")
    local output, code, errors = h:afterward("import", file, "--map", h.folder .. "/map.lua", "--json")
    assert.equal(0, code, output .. errors)
    local told = json.decode(output)
    assert.same({ 7, 1, 1, 1 }, { told.taken, told.placeholder, told.unusable, told.shared })
    assert.same({ { line = 2, flag = "placeholder", remedy = "this looks like nobody's number; ask for the right one" } }, { told.flagged[1] })
    assert.matches("\nline 3: void: no such number can be", "\n" .. errors)
    assert.matches("\nline %d: shared: more than three patients have this number; ask each for their own\n", errors)
    local text
    text, code = h:afterward("numbers", "--flag", "shared")
    assert.equal(0, code)
    assert.equal(4, select(2, text:gsub("more than three patients", "")), text)
    assert.matches("13712340001 +shared +4 ", text)
    assert.matches("placeholder", (h:afterward "numbers"))
  end)

  it("needs a token that may post events", function()
    h.cli_env = { AFTERWARD_TOKEN = Hospital.TOKENS.reader }
    local _, code, words = import(list)
    h.cli_env = nil
    assert.equal(1, code, words)
    assert.matches("does not let this token post events", words)
  end)

  it("may say whether a stay was planned, and whether another is foreseen; an unknown word is told by its column", function()
    local file = h.folder .. "/planned.csv"
    write(h.folder .. "/planned-map.lua", (MAP:gsub("optional = ", '["入院途径"] = "planned", ["再住院计划"] = "return_planned" },\n'
      .. '  planned = { ["1"] = "false", ["2"] = "true" },\n  optional = ', 1):gsub('"contact_email" },', '"contact_email",', 1)))
    write(file, HEAD .. ",入院途径,再住院计划\n" .. GOOD[1]:gsub("Z1", "Z8") .. ",1,有\n" .. GOOD[2]:gsub("Z2", "Z9") .. ",2,1\n"
      .. GOOD[3]:gsub("Z3", "Z7") .. ",也许,\n")
    local output, code, errors = h:afterward("import", file, "--map", h.folder .. "/planned-map.lua", "--json")
    assert.equal(1, code, output .. errors)
    assert.matches("line 4, 入院途径: ", errors .. output)
    local function stay(n)
      local one = wait.till("is known", function() return known(n) end)
      local told = h:get(("/patients/%s/history?department=w"):format(one.id)).stays[1]
      return { told.planned, told.return_planned }
    end
    assert.same({ { false, true }, { true, false } }, { stay(8), stay(9) })
  end)
end)

describe("a long discharge list", function()
  randomize(false)
  local ROWS = 10000
  local WRONG = ROWS // 1000
  local h, list
  setup(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w",
      'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },') } }:start()
    write(h.folder .. "/map.lua", MAP)
    list = h.folder .. "/long.csv"
    local lines = { HEAD }
    for n = 1, ROWS do
      lines[n + 1] = ("L%d,王小%d,1951-02-%02d,%s,骨科,2026-03-02 08:00,,1,,,"):format(n, n, n % 1000 == 0 and 30 or n % 28 + 1, Hospital.phone(n))
    end
    write(list, table.concat(lines, "\r\n") .. "\r\n")
  end)
  teardown(function() h:close() end)

  local function import() return h:begin("import", list, "--map", h.folder .. "/map.lua", "--json") end
  -- The second progress line: most of the list is still to come.
  local function in_the_middle(process)
    wait.till("it is under way", function()
      local rows = process.errors:match "(%d+) rows"
      return process.ended or rows and tonumber(rows) > 0
    end)
    assert.is_nil(process.ended, "too fast for this spec: give it more rows")
  end
  local function people() return h:get("/summary").patients end

  it("tells how far it is, how fast, and how long it will take", function()
    local process = import()
    in_the_middle(process)
    assert.matches("%f[%d]%d+ rows, %d+ %%, %d+ rows/s, %d+ s left\n", process.errors)
    require "luv".kill(process.pid, "sigkill")
    assert.equal("signal 9", (select(2, Hospital.finish(process))))
  end)

  it("that was killed in the middle goes in with the next try, nobody twice, though the daemon dies meanwhile", function()
    wait.till("what was posted is applied", function()
      local before = people()
      wait.ms(300)
      return before > 0 and people() == before
    end)
    local before = people()
    assert.is_true(before < ROWS)
    local process = import()
    in_the_middle(process)
    h:kill()
    h:start()
    local output, code, words = Hospital.finish(process)
    if not output:find '"rows"' then                           -- the new daemon has another port
      assert.matches("import again, rows already taken do nothing", words)
      output, code, words = Hospital.finish(import())
    end
    assert.equal(1, code, words)
    local told = json.decode(output)
    assert.same({ ROWS, ROWS - WRONG, WRONG }, { told.rows, told.taken, told.bad })
    assert.matches("line 1001, 出生日期: ", words)
    assert.matches("line 6001, 出生日期: ", words)
    assert.equal(ROWS - WRONG, people())
    wait.till("all are followed", function() return h:get("/summary").enrolled >= ROWS - WRONG end)
    local books = h:get "/summary"
    assert.equal(ROWS - WRONG, books.enrolled)
    assert.is_true(books.balanced)
  end)
end)
