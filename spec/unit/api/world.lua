-- What the api specs share: a hospital with one department, four tokens, and a patient with a question.
local api = require "afterward.unit.api"
local json = require "dkjson"

local NOW = 1772420400000                              -- 2026-03-02 11:00 in Shanghai
local TOKENS = [[{"tokens":[
  {"token":"ward-token-0000000","staff":"li","scopes":["staff"],"departments":["ortho"]},
  {"token":"other-token-000000","staff":"wu","scopes":["staff"],"departments":["cardiac"]},
  {"token":"boss-token-0000000","staff":"chen","scopes":["admin"],"departments":"all"},
  {"token":"his-token-00000000","staff":"his","scopes":["events"],"departments":"all"}]}]]

local ORTHO = [[{
  "department": {"ortho": {"title": {"zh":"骨科","en":"Orthopaedics"}}},
  "program": {"gudong": {"name": {"zh":"骨动新生","en":"Moving again"}, "color":"#ffd54a",
    "logo":"<svg xmlns='http://www.w3.org/2000/svg'/>", "phone_script": [
    {"id":"greeting","minutes":3,"zh":"您好，我是随访护士","en":"Hello"},
    {"id":"care","minutes":2,"must_ask":true,"zh":"今天心情如何？","en":"How do you feel?"}]}},
  "pathway": {"hip": {"program":"gudong"}},
  "form": {"wound": {"abnormal":"flags", "title": {"zh":"伤口<与>体温","en":"Wound"}, "items": [
    {"id":"temp","kind":"number","min":34,"max":43,"text":{"zh":"今天的体温?","en":"Temperature today?"}},
    {"id":"wound","kind":"choice","text":{"zh":"伤口?","en":"Wound?"},"options":[
      {"value":"dry","text":{"zh":"干燥","en":"dry"}},{"value":"red","text":{"zh":"发红","en":"red"}}]},
    {"id":"since","kind":"date","when":true,"text":{"zh":"从哪天起?","en":"Since when?"}}]}}}]]

local World = {}
World.__index = World

-- path: a database to make; none is in memory.
function World.open(path)
  local self = setmetatable({ core = api.new(TOKENS, NOW, path), now = NOW }, World)
  self.core:definitions("ortho", ORTHO)
  for _, text in ipairs {
    "INSERT INTO person VALUES (1,'patient'),(2,'contact'),(3,'patient')",
    "INSERT INTO patient (id,birth,disclosure,created_at) VALUES (1,'1951-02-03','undecided',1),(3,'1990-05-05','self',1)",
    "INSERT INTO contact (patient,person,relation) VALUES (1,1,'self'),(1,2,'child'),(3,3,'self')",
    "INSERT INTO identity (person,kind,value) "
      .. "VALUES (1,'name','王小兰'),(1,'phone','13800001234'),(2,'phone','13900005678'),(1,'mrn','0042')",
    "INSERT INTO access (patient,department,since,reason) VALUES (1,'ortho',1,'stay'),(3,'cardiac',1,'stay')",
    "INSERT INTO enrollment (id,patient,department,pathway,status,event,enrolled_at,anchor_at,cursor_at) "
      .. "VALUES (1,1,'ortho','hip','active',1,1,1,1)",
    "INSERT INTO task (id,patient,enrollment,department,name,role,status,opened_at) VALUES (1,1,1,'ortho','call','nurse','open',1),"
      .. "(2,3,NULL,'cardiac','visit','nurse','open',1),(3,1,NULL,'ortho','call','nurse','open',1)",
  } do self.core:sql(text) end
  self:question(1, 1, "12345678")
  return self
end

function World:question(id, patient, code)
  self.core:sql("INSERT INTO question (id,patient,enrollment,department,program,form,bundle,status,code,opened_at,expires_at) "
    .. "VALUES (?1,?2,CASE WHEN ?2=1 THEN 1 END,'ortho','gudong','wound',1,'open',?3," .. self.now .. "," .. self.now + 30 * 86400000 .. ")",
    tostring(id), tostring(patient), code)
end

function World:close() self.core:close() end

local function signed(headers)
  local send = { Authorization = "Bearer " .. (({ ward = "ward-token-0000000", other = "other-token-000000",
    his = "his-token-00000000", none = "no-such-token-00" })[headers.token or ""] or "boss-token-0000000") }
  for k, v in pairs(headers) do if k ~= "token" then send[k] = v end end
  return send
end

-- call("POST", "/tasks", body, { token = "boss", … other headers }): status, decoded body, headers
function World:call(method, path, body, headers)
  local send = signed(headers or {})
  if body and not send["Content-Type"] then send["Content-Type"] = "application/json" end
  if type(body) == "table" then body = json.encode(body) end
  local status, text, got = self.core:ask(method, "/api/v1" .. path, send, body)
  return status, text ~= "" and json.decode(text) or nil, got
end

-- Asks, and hangs up before the answer; false when that came too soon.
function World:leave(path) return self.core:leave("GET", "/api/v1" .. path, signed {}) end

local function encode(form)
  local parts = {}
  for k, v in pairs(form) do
    parts[#parts + 1] = k .. "=" .. tostring(v):gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
  end
  return table.concat(parts, "&")
end

function World:get(path) return self.core:ask("GET", path) end
function World:post(path, form)
  return self.core:ask("POST", path, { ["Content-Type"] = "application/x-www-form-urlencoded" }, encode(form))
end
-- Sends a form as a browser does when it holds files: fields by name, files by name → bytes, or a list of them.
function World:upload(path, fields, files)
  local parts, mark = {}, "----spec7MA4YWxkTrZu0gW"
  for name, text in pairs(fields) do
    parts[#parts + 1] = ('Content-Disposition: form-data; name="%s"\r\n\r\n%s'):format(name, text)
  end
  for name, all in pairs(files) do
    for _, bytes in ipairs(type(all) == "table" and all or { all }) do
      parts[#parts + 1] = (('Content-Disposition: form-data; name="%s"; filename="../我"家.jpg"\r\n'):format(name)
        .. "Content-Type: text/html\r\n\r\n" .. bytes)
    end
  end
  local body = "--" .. mark .. "\r\n" .. table.concat(parts, "\r\n--" .. mark .. "\r\n") .. "\r\n--" .. mark .. "--\r\n"
  return self.core:ask("POST", path, { ["Content-Type"] = "multipart/form-data; boundary=" .. mark }, body)
end
function World:link(person, question) return self.core:link(question or 1, person or 1, self.now + 86400000) end

return World
