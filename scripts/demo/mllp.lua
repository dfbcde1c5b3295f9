-- The demo's discharge list as a hospital's own system would tell it: one ADT^A03 a row, over MLLP, each waiting for its AA.
local uv = require "luv"
local http = require "http"
local csv = require "csv"
local map = require "map"

local mllp = {}
local BEGIN, END = "\x0B", "\x1C\r"
local RELATIONS = { spouse = "SPO", child = "CHD", parent = "PAR", sibling = "SIB", self = "SEL" }

local function escaped(text)
  return (text:gsub("[\\|^~&]", { ["\\"] = "\\E\\", ["|"] = "\\F\\", ["^"] = "\\S\\", ["~"] = "\\R\\", ["&"] = "\\T\\" }))
end

local function time(text) return (text:gsub("[-: ]", "")) end

-- One segment for each of the codes and names that stand in one cell.
local function add_coded(out, segment, codes, names, at)
  local list = {}
  for name in (names .. "、"):gmatch "(.-)、" do list[#list + 1] = name end
  local n = 0
  for code in (codes .. "、"):gmatch "(.-)、" do
    n = n + 1
    if code ~= "" or list[n] then
      out[#out + 1] = ("%s|%d||%s^%s||%s"):format(segment, n, escaped(code), escaped(list[n] or ""), at)
    end
  end
end

local function message(row, number)
  local sex = row["性别"] == "女" and "F" or row["性别"] == "男" and "M" or ""
  local out = {
    ("MSH|^~\\&|HIS|DEMO|AW|DEMO|%s||ADT^A03|DEMO%d|P|2.4|||||CHN|UNICODE UTF-8"):format(time(row["出院时间"]), number),
    ("EVN|A03|%s"):format(time(row["出院时间"])),
    ("PID|1||%s^^^DEMO^MR||%s||%s|%s|||%s||%s"):format(escaped(row["病案号"]), escaped(row["姓名"]), time(row["出生日期"]), sex,
      escaped(row["现住址"]), escaped(row["手机号"])),
  }
  if row["联系人"] ~= "" then
    out[#out + 1] = ("NK1|1|%s|%s||%s"):format(escaped(row["联系人"]), RELATIONS[map.relations[row["联系人关系"]]] or "OTH",
      escaped(row["联系人电话"]))
  end
  -- The department by the name that scripts know; the stay's number is the patient's and the time's.
  out[#out + 1] = ("PV1|1|I|%s||||%s|||%s|||||||||%s-%s|||||||||||||||||%s||||||||%s|%s"):format(escaped(row["病区"]), escaped(row["主管医师"]),
    map.departments[row["科室"]] or escaped(row["科室"]), escaped(row["病案号"]), time(row["出院时间"]), escaped(row["离院方式"]),
    time(row["入院时间"]), time(row["出院时间"]))
  add_coded(out, "DG1", row["诊断编码"], row["诊断名称"], time(row["入院时间"]))
  add_coded(out, "PR1", row["手术编码"], row["手术名称"], time(row["出院时间"]))
  return BEGIN .. table.concat(out, "\r") .. "\r" .. END
end

function mllp.messages(path)
  local out = {}
  for i, row in ipairs(csv.read(path, "GB18030")) do out[i] = message(row, i) end
  return out
end

-- Sends them and waits for all acknowledgments: how many were AA, and the others' reasons. nil and why when it can't.
function mllp.send(port, messages)
  local tcp, got, why = uv.new_tcp(), {}, nil
  local rest, connected = "", false
  tcp:connect("127.0.0.1", port, function(failure)
    why, connected = failure, true
    if failure then return end
    tcp:read_start(function(_, chunk)
      rest = rest .. (chunk or "")
      for answer in rest:gmatch(BEGIN .. "(.-)" .. END) do got[#got + 1] = answer end
      rest = rest:match(".*" .. END .. "(.*)$") or rest
    end)
    tcp:write(messages)
  end)
  for _ = 1, 6000 do
    if why or #got >= #messages then break end
    http.sleep(10)
  end
  tcp:close()
  if why or not connected or #got < #messages then return nil, why or ("%d of %d were answered"):format(#got, #messages) end
  local good, others = 0, {}
  for _, answer in ipairs(got) do
    if answer:find("\rMSA|AA|", 1, true) then good = good + 1 else others[#others + 1] = answer:match "\rERR|(.-)\r" or answer end
  end
  return good, others
end

return mllp
