-- Aliyun's SMS service: SendSms and QuerySendDetails signed with ACS3-HMAC-SHA256, SmsReport and SmsUp as it pushes them.
local aw = require "afterward.plugin"

local HOUR, DAY, CHINA = 3600000, 86400000, 480               -- ms; minutes east of UTC
local LATE = 5 * 60000                                        -- by then its records show what it took
local VARIABLE_MOST = 35                                      -- characters of a variable
local CONFIG = { ["isv.OUT_OF_SERVICE"] = true, ["isv.AMOUNT_NOT_ENOUGH"] = true, ["isv.ACCOUNT_ABNORMAL"] = true,
  ["isv.PRODUCT_UN_SUBSCRIPT"] = true, ["isv.PRODUCT_UNSUBSCRIBE"] = true, ["isv.ACCOUNT_NOT_EXISTS"] = true,
  ["isp.RAM_PERMISSION_DENY"] = true, ["isv.SMS_TEMPLATE_ILLEGAL"] = true, ["isv.SMS_SIGNATURE_ILLEGAL"] = true,
  ["isv.SMS_SIGN_ILLEGAL"] = true, ["isv.SMS_SIGNATURE_SCENE_ILLEGAL"] = true, ["isv.TEMPLATE_MISSING_PARAMETERS"] = true,
  ["isv.INVALID_PARAMETERS"] = true, ["SignatureDoesNotMatch"] = true, ["InvalidAccessKeyId.NotFound"] = true,
  ["InvalidTimeStamp.Expired"] = true, ["Forbidden.RAM"] = true, ["isv.SYSTEM_LIMIT"] = true }
local PERMANENT = { ["isv.MOBILE_NUMBER_ILLEGAL"] = true, ["isv.MOBILE_COUNT_OVER_LIMIT"] = true,
  ["isv.BLACK_KEY_CONTROL_LIMIT"] = true, ["isv.PARAM_LENGTH_LIMIT"] = true, ["isv.PARAM_NOT_SUPPORT_URL"] = true,
  ["isv.TEMPLATE_PARAMS_ILLEGAL"] = true, ["isv.SMS_CONTENT_ILLEGAL"] = true, ["isv.INVALID_JSON_PARAM"] = true }

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function canonical_query(fields)
  local out = ""
  for _, name in ipairs(sorted(fields)) do
    out = out .. (out == "" and "" or "&") .. aw.urlencode(name) .. "=" .. aw.urlencode(fields[name])
  end
  return out
end

-- The value of Authorization for these headers (names in lower case), a query and an empty body.
local function sign(headers, query, config)
  local lines, names = "", table.concat(sorted(headers), ";")
  for _, name in ipairs(sorted(headers)) do lines = lines .. name .. ":" .. headers[name] .. "\n" end
  local request = ("POST\n/\n%s\n%s\n%s\n%s"):format(query, lines, names, headers["x-acs-content-sha256"])
  local signature = aw.hex(aw.hmac_sha256(config.key_secret, "ACS3-HMAC-SHA256\n" .. aw.hex(aw.sha256(request))))
  return ("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s"):format(config.key_id, names, signature)
end

local function call(action, fields, message, config)
  local t, query = aw.date(message.now), canonical_query(fields)
  local headers = { host = config.url:match "^https?://([^/]+)", ["x-acs-action"] = action, ["x-acs-version"] = "2017-05-25",
    ["x-acs-date"] = ("%04d-%02d-%02dT%02d:%02d:%02dZ"):format(t.year, t.month, t.day, t.hour, t.minute, t.second),
    ["x-acs-signature-nonce"] = aw.hex(aw.sha256(action .. message.key .. "/" .. message.now)):sub(1, 32),
    ["x-acs-content-sha256"] = aw.hex(aw.sha256 "") }
  headers.Authorization = sign(headers, query, config)
  headers.host = nil                                          -- the client's own
  return { method = "POST", url = config.url:match "^https?://[^/]+" .. "/?" .. query, headers = headers }
end

-- What is wrong with the variables of a template; nil when nothing is.
local function unfit(code, variables)
  for name, value in pairs(variables) do
    if type(name) ~= "string" then return ("params of %s must be name → placeholder"):format(code) end
    if (utf8.len(value) or 0) > VARIABLE_MOST or value == "" then
      return ("variable %s of %s has %d characters: 1 to 35 are allowed"):format(name, code, utf8.len(value) or 0)
    end
  end
end

-- The approved template, as the department's own says, or the one that the text was made from; and its variables.
local function template_of(message, config)
  local approved = message.approved
  if approved then
    local why = unfit(approved.id, approved.params)
    if why then return nil, why end
    return approved.id, approved.params
  end
  local why = "no template of the provider has this text: add it to templates, or say approved in the department's template or form"
  for _, code in ipairs(sorted(config.templates)) do
    local variables = aw.variables(config.templates[code], message.body)
    local wrong = variables and unfit(code, variables)
    if variables and not wrong then return code, variables end
    why = wrong or why
  end
  return nil, why
end

local function send(message, config)
  local code, variables = template_of(message, config)
  if not code then return nil, variables end
  return call("SendSms", { PhoneNumbers = message.to, SignName = config.sign or message.program, TemplateCode = code,
    TemplateParam = aw.json.encode(variables), OutId = message.key }, message, config)
end

-- Seconds until five past midnight in China.
local function tomorrow(now) return (DAY - (now + CHINA * 60000) % DAY) // 1000 + 300 end

local function limited(answer, now)
  local said = answer.Message or ""
  if said:find("分钟", 1, true) then return { retry = 60, detail = answer.Code } end
  if said:find("小时", 1, true) then return { delayed = HOUR // 1000, detail = answer.Code } end
  return { delayed = tomorrow(now), detail = answer.Code }
end

local function result(response, message)
  local answer = aw.json.decode(response.body)
  local code = type(answer) == "table" and type(answer.Code) == "string" and answer.Code
  if code == "OK" then return { accepted = message.key } end  -- OutId is in receipts and records, as BizId is not
  if not code then
    if response.status == 429 or response.status == 503 then return { retry = 30, detail = "HTTP " .. response.status } end
    return { ambiguous = "HTTP " .. response.status }
  end
  if code == "isv.BUSINESS_LIMIT_CONTROL" then return limited(answer, response.now) end
  if code == "isv.DAY_LIMIT_CONTROL" or code == "isv.MONTH_LIMIT_CONTROL" then
    return { delayed = tomorrow(response.now), detail = code }
  end
  if code == "isp.SYSTEM_ERROR" or code:find "^Throttling" or code == "ServiceUnavailable" then return { retry = 30, detail = code } end
  if CONFIG[code] then return { config = code } end
  if PERMANENT[code] then return { permanent = code } end
  return { ambiguous = code }
end

local function query(message, config)
  local t = aw.date(message.sent, CHINA)
  return call("QuerySendDetails", { PhoneNumber = message.to, SendDate = ("%04d%02d%02d"):format(t.year, t.month, t.day),
    PageSize = "50", CurrentPage = "1" }, message, config)
end

local function queried(response, message)
  local answer = aw.json.decode(response.body)
  if type(answer) ~= "table" or answer.Code ~= "OK" then return { ambiguous = "HTTP " .. response.status } end
  local list = (answer.SmsSendDetailDTOs or {}).SmsSendDetailDTO or {}
  for _, item in ipairs(list) do
    if item.OutId == message.key then
      return item.SendStatus == 2 and { permanent = tostring(item.ErrCode) } or { accepted = message.key }
    end
  end
  if #list >= 50 then return { ambiguous = "more than 50 messages to this number that day" } end
  return response.now - message.sent > LATE and { absent = true } or { retry = 60 }
end

local OK = { status = 200, type = "application/json", body = '{"code":0,"msg":"OK"}' }

-- Both are pushed to an address that we give: the token in it proves them, and the engine's list of callers.
local function pushed(request, config)
  if not aw.same(config.token, aw.query(request.query).token) then return nil, { status = 403, body = "forged" } end
  local list = aw.json.decode(request.body)
  if type(list) ~= "table" then return nil, { status = 400, body = "unreadable" } end
  return list, OK
end

local function receipt(request, config)
  local list, reply = pushed(request, config)
  local out = {}
  for _, item in ipairs(list or {}) do
    if type(item) == "table" then
      out[#out + 1] = { id = tostring(item.out_id or ""), state = item.success and "delivered" or "failed",
        detail = tostring(item.err_code or "") }
    end
  end
  return out, reply
end

-- "2026-03-02 15:04:05" in China, as ms.
local function time_of(text)
  local year, month, day, hour, minute, second = tostring(text):match "^(%d+)-(%d+)-(%d+) (%d+):(%d+):(%d+)$"
  return year and aw.ms({ year = year, month = month, day = day, hour = hour, minute = minute, second = second }, CHINA)
end

local function inbound(request, config)
  local list, reply = pushed(request, config)
  local out = {}
  for _, item in ipairs(list or {}) do
    if type(item) == "table" then
      out[#out + 1] = { id = tostring(item.sequence_id or ""), from = tostring(item.phone_number or ""),
        text = tostring(item.content or ""), at = time_of(item.send_time) }
    end
  end
  return out, reply
end

return {
  name = "aliyun-sms", send = send, result = result, query = query, queried = queried, receipt = receipt, inbound = inbound,
  sign = function(headers, text, config) return sign(headers, text, config) end,
  capabilities = { address = "phone", max_length = 500, links = false, merges = false, approved = "names", approved_only = true },
  config = {
    url = { type = "url", default = "https://dysmsapi.aliyuncs.com/", doc = "the service's address" },
    key_id = { type = "text", required = true, doc = "AccessKey ID of a RAM user that may only send" },
    key_secret = { type = "secret", required = true, doc = "its secret" },
    sign = { type = "text", doc = "SignName; else what the text begins with: 【…】" },
    templates = { type = "table", default = {},
      doc = 'for questions, reminders and pages to staff: code → the approved text: templates = { SMS_154950909 = "您好，您的随访短码是${code}" }' },
    token = { type = "secret", required = true, doc = "proves what Aliyun pushes: …/receipt?token=…" },
  },
}
