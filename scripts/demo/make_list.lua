-- Makes scripts/demo/discharges.csv (GB18030) and events.jsonl: 300 discharges of invented people, at the rates of population.csv.
-- lua5.4 scripts/demo/make_list.lua [seed [last day]]; the same seed gives the same files.
local here = arg[0]:match "^(.*)/" or "."
local seed, last_day = tonumber(arg[1] or 1), arg[2] or "2026-03-02"

-- A generator of its own, so that the files are the same under every Lua.
local state = seed * 2654435761 % 4294967296
local function uniform()
  state = (state * 1664525 + 1013904223) % 4294967296
  return state / 4294967296
end
local function pick(list) return list[1 + math.floor(uniform() * #list)] end
local function chance(p) return uniform() < p end
local function normal(mean, sd) return mean + sd * math.sqrt(-2 * math.log(1 - uniform())) * math.cos(2 * math.pi * uniform()) end

-- population.csv: group,parameter,value, … ; a value may be in quotes.
local population = {}
for line in io.lines(here .. "/population.csv") do
  local group, parameter, rest = line:match "^([^,]*),([^,]*),(.*)$"
  population[group .. "." .. parameter] = rest:match '^"([^"]*)"' or rest:match "^[^,]*"
end
local function rate(key, pattern)
  local text = assert(population[key], key)
  return tonumber((assert(text:match(pattern or "^([%d.]+)"), key .. ": " .. text)))
end
local function weighted(list) -- { {weight, value}, … }
  local sum = 0
  for _, item in ipairs(list) do sum = sum + item[1] end
  local at = uniform() * sum
  for _, item in ipairs(list) do
    at = at - item[1]
    if at < 0 then return item[2] end
  end
  return list[#list][2]
end

local year, month, day = last_day:match "^(%d+)-(%d+)-(%d+)$"
local noon = os.time { year = year, month = month, day = day, hour = 12 }
local function date(days_before) return os.date("%Y-%m-%d", noon - days_before * 86400) end

local surnames = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩" }
local given = {
  female = { "秀兰", "桂英", "玉珍", "淑华", "凤英", "秀梅", "桂兰", "玉兰", "春梅", "丽华", "建华", "红梅", "爱华", "雪琴", "素珍" },
  male = { "建国", "国强", "德明", "志强", "建军", "永福", "文斌", "福生", "金龙", "学军", "树林", "长海", "国栋", "玉山", "连生" },
  young = { "伟", "静", "磊", "丽", "强", "敏", "军", "娜", "勇", "艳", "杰", "娟", "涛", "霞", "超", "洋", "婷", "博" },
}
local roads = { "人民路", "解放路", "建设街", "和平里", "胜利街", "中山路", "文化巷", "光明村" }
local nurses, doctors = { "N101", "N102", "N103", "N104", "N105" }, { "D201", "D202", "D203", "D204" }

local serial = 0
local function mobile()
  serial = serial + 1
  return ("1%s%04d%04d"):format(pick { "39", "37", "35", "88", "58", "31" }, math.floor(uniform() * 8999) + 1000, 1000 + serial * 7 % 9000)
end

local operations = {
  { "骨科", 0.34, "knee_replacement", { "M17.900", "膝关节骨性关节病" }, { "81.5400x001", "全膝关节置换术" } },
  { "骨科", 0.26, "hip_replacement", { "M87.900", "股骨头坏死" }, { "81.5100x001", "全髋关节置换术" } },
  { "心脏外科", 0.24, "cardiac_surgery", { "I25.101", "冠状动脉粥样硬化性心脏病" }, { "36.1200x001", "冠状动脉旁路移植术" } },
  { "心脏外科", 0.16, "cardiac_surgery", { "I34.000", "二尖瓣关闭不全" }, { "35.2400x001", "二尖瓣机械瓣膜置换术" } },
}
local function age_of(kind)
  if kind == "hip_replacement" then
    local share, mean, sd, old_share, old_mean, old_sd =
      population["age.hip_replacement"]:match "([%d.]+): normal%((%d+),(%d+)%); ([%d.]+) fracture: normal%((%d+),(%d+)%)"
    if chance(tonumber(old_share) / (share + old_share)) then return normal(tonumber(old_mean), tonumber(old_sd)) end
    return normal(tonumber(mean), tonumber(sd))
  end
  local mean, sd = population["age." .. kind]:match "normal%(([%d.]+),([%d.]+)%)"
  return normal(tonumber(mean), tonumber(sd))
end
local function holder(age)
  local text = population[age >= 75 and "contact.listed_number_holder_75plus" or "contact.listed_number_holder_all"]
  local list = {}
  for name, weight in text:gmatch "(%a+) ([%d.]+)" do list[#list + 1] = { tonumber(weight), name } end
  return weighted(list)
end
local relation_of = { child = { "儿子", "女儿" }, spouse = { "配偶" }, other = { "兄弟姐妹", "其他" } }
local leaving = {}
for code, weight in population["admin.leaving_mode"]:gmatch "(%d) [^%d ]+ ([%d.]+)" do leaving[#leaving + 1] = { tonumber(weight), code } end

local columns = { "科室", "姓名", "性别", "出生日期", "手机号", "联系人", "联系人电话", "联系人关系", "现住址", "诊断编码", "诊断名称", "手术编码",
  "手术名称", "入院时间", "出院时间", "离院方式", "病区", "主管医师", "责任护士", "住院次数", "病案号", "知情情况" }

local earlier
local function make(n)
  local what = weighted { { operations[1][2], operations[1] }, { operations[2][2], operations[2] },
    { operations[3][2], operations[3] }, { operations[4][2], operations[4] } }
  local age = math.max(25, math.min(94, math.floor(age_of(what[3]))))
  local sex = chance(rate("age." .. what[3], "female ([%d.]+)")) and "female" or "male"
  local row = { age = age, sex = sex, n = n }
  local born = tonumber(year) - age
  local birth = ("%04d-%02d-%02d"):format(born, 1 + math.floor(uniform() * tonumber(month) * 0.99), 1 + math.floor(uniform() * 28))
  local surname = pick(surnames)
  row["科室"], row["姓名"], row["性别"], row["出生日期"] = what[1], surname .. pick(given[sex]), sex == "male" and "男" or "女", birth
  local held_by = holder(age)
  local own, family = mobile(), mobile()
  if chance(rate "contact.landline") then own = ("0532%08d"):format(82000000 + math.floor(uniform() * 999999)) end
  if chance(rate "contact.number_shared_by_2_patients") and earlier then family = earlier["联系人电话"] end
  if chance(rate "contact.first_number_unusable_at_discharge" / 2) then own = pick { "13800000000", "1390000000", own:sub(1, 10), "无" } end
  row["手机号"] = held_by == "own" and own or family
  if held_by ~= "own" or chance(rate "contact.second_contact_present") then
    local relation = pick(relation_of[held_by] or { "配偶", "儿子", "女儿" })
    row["联系人"] = (relation == "配偶" and pick(surnames) .. pick(given[sex == "male" and "female" or "male"])) or (surname .. pick(given.young))
    row["联系人电话"], row["联系人关系"] = family, relation
    if family == (earlier and earlier["联系人电话"]) then row["联系人"], row["联系人关系"] = earlier["联系人"], relation end
  end
  row["现住址"] = (chance(rate "admin.lives_in_other_city") and "外市" or "本市") .. pick(roads)
    .. math.floor(1 + uniform() * 180) .. "号, " .. math.floor(1 + uniform() * 6) .. "单元"
  local codes_late = chance(0.15) -- coded days after the discharge: only names stand in the list
  row["诊断编码"], row["诊断名称"] = codes_late and "" or what[4][1], what[4][2]
  row["手术编码"], row["手术名称"] = codes_late and "" or what[5][1], what[5][2]
  if chance(0.3) then
    row["诊断名称"] = row["诊断名称"] .. "；高血压病"
    if not codes_late then row["诊断编码"] = row["诊断编码"] .. "；I10.x00" end
  end
  local out = math.floor(uniform() * 4) -- the last four days
  local hour = weighted { { 0.60, 9 }, { 0.25, 12 }, { 0.12, 15 } }
  row["入院时间"] = date(out + 6 + math.floor(uniform() * 9)) .. (" %02d:%02d"):format(8 + math.floor(uniform() * 8), math.floor(uniform() * 60))
  row["出院时间"] = date(out) .. (" %02d:%02d"):format(hour + math.floor(uniform() * 3), math.floor(uniform() * 60))
  row["离院方式"] = weighted(leaving)
  row["病区"] = what[1] == "骨科" and pick { "骨科一病区", "骨科二病区" } or "心外病区"
  row["主管医师"], row["责任护士"] = pick(doctors), pick(nurses)
  row["住院次数"] = weighted { { 0.8, "1" }, { 0.15, "2" }, { 0.05, "3" } }
  row["病案号"] = ("Z%07d"):format(1200000 + n * 13)
  row["知情情况"] = chance(0.8) and "self" or ""
  if row["联系人"] then earlier = row end
  return row
end

local rows = {}
for n = 1, 299 do rows[n] = make(n) end

-- What a list of 300 may not show by chance is put in by hand.
local function plain(n)
  local row = rows[n]
  row["离院方式"], row["手机号"], row["联系人"], row["联系人电话"], row["联系人关系"] = "1", mobile(), "赵敏", mobile(), "女儿"
  return row
end
plain(20)["离院方式"] = "5"
plain(40)["离院方式"] = "4"
plain(41)["离院方式"] = "2"
plain(60)["知情情况"] = "family" -- does not know the diagnosis
plain(60)["诊断编码"], rows[60]["诊断名称"] = "C41.200", "骶骨恶性肿瘤；膝关节骨性关节病"
plain(80)["手机号"] = "13800000000"
for n = 90, 93 do plain(n)["手机号"] = "13905320001" end -- four patients on one number: the village shop's
local coded = plain(120)
coded["诊断编码"], coded["手术编码"], coded["科室"], coded["病区"] = "", "", "骨科", "骨科一病区"
coded["诊断名称"], coded["手术名称"] = "股骨颈骨折", "人工股骨头置换术"
for _, n in ipairs { 150, 160, 170, 180, 190, 200, 210 } do plain(n) end
local again, first = {}, plain(140)
for key, value in pairs(first) do again[key] = value end
first["出院时间"], first["入院时间"] = date(3) .. " 09:20", date(12) .. " 10:05"
again["入院时间"], again["出院时间"], again["住院次数"] = date(2) .. " 02:40", date(0) .. " 10:30", tostring(first["住院次数"] + 1)
again["诊断编码"], again["诊断名称"], again["手术编码"], again["手术名称"] = "T81.400", "手术后伤口感染", "86.2200", "伤口清创术"
rows[300] = again

local function quoted(text)
  text = text or ""
  return text:find '[,"\r\n]' and '"' .. text:gsub('"', '""') .. '"' or text
end
local lines = { table.concat(columns, ",") }
for _, row in ipairs(rows) do
  local cells = {}
  for i, column in ipairs(columns) do cells[i] = quoted(row[column]) end
  lines[#lines + 1] = table.concat(cells, ",")
end
local out = assert(io.popen(("iconv -f UTF-8 -t GB18030 > '%s/discharges.csv'"):format(here), "w"))
out:write(table.concat(lines, "\r\n"), "\r\n")
assert(out:close())

-- What happens later: days after the end of the list's last day; "at" is for whoever plays it to fill in.
local function visit(row) return row["病案号"] .. "-" .. row["住院次数"] end
local function mrn(n) return rows[n]["病案号"] end
local events = {
  { 0.9, "late codes",
    ('"event":{"id":"demo-codes","kind":"procedure","patient":{"mrn":"%s"},'
      .. '"visit":"%s","procedures":[{"code":"81.5200x001","name":"人工股骨头置换术"}]}'):format(mrn(120), visit(coded)) },
  { 2.4, "opt-out", ('"opt_out":{"mrn":"%s","by":"patient"}'):format(mrn(150)) },
  { 3.1, "contact change", ('"event":{"id":"demo-contact","kind":"contact","patient":{"mrn":"%s","phone":"%s"}}'):format(mrn(160), mobile()) },
  { 4.6, "booked",
    ('"event":{"id":"demo-booked","kind":"appointment","patient":{"mrn":"%s"},'
      .. '"appointment":{"id":"B-1","status":"booked","department":"ortho"}}'):format(mrn(170)) },
  { 5.3, "merge", ('"event":{"id":"demo-merge","kind":"merge","merge":{"from_mrn":"%s","into_mrn":"%s"}}'):format(mrn(180), mrn(190)) },
  { 8.2, "re-admission",
    ('"event":{"id":"demo-admission","kind":"admission","patient":{"mrn":"%s"},"visit":"%s-9","department":"ortho"}'):format(mrn(200), mrn(200)) },
  { 11.7, "death", ('"event":{"id":"demo-death","kind":"death","patient":{"mrn":"%s"}}'):format(mrn(210)) },
  { 15.5, "discharge",
    ('"event":{"id":"demo-discharge","kind":"discharge","patient":{"mrn":"%s"},'
      .. '"visit":"%s-9","department":"ortho","leaving":"order"}'):format(mrn(200), mrn(200)) },
}
local file = assert(io.open(here .. "/events.jsonl", "w"))
for _, event in ipairs(events) do file:write(('{"after_days":%.1f,"what":"%s",%s}\n'):format(table.unpack(event))) end
file:close()
