-- Tencent Cloud's SMS: SendSms signed with TC3-HMAC-SHA256; receipts and replies as it pushes them.
local aw = require "afterward.plugin"

local HOUR, DAY, CHINA = 3600, 86400000, 480
local VERSION, SERVICE = "2021-01-11", "sms"
local PERMANENT = { ["FailedOperation.PhoneNumberInBlacklist"] = true, ["FailedOperation.ContainSensitiveWord"] = true,
  ["InvalidParameterValue.IncorrectPhoneNumber"] = true, ["FailedOperation.ForbidAddMarketingTemplates"] = true,
  ["InvalidParameterValue.ContentLengthLimit"] = true, ["InvalidParameterValue.TemplateParameterLengthLimit"] = true,
  ["InvalidParameterValue.TemplateParameterFormatError"] = true, ["InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"] = true,
  ["UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber"] = true, ["FailedOperation.MarketingSendTimeConstraint"] = true }
local CONFIG = { "^AuthFailure", "^UnauthorizedOperation", "^ResourceInsufficient", "^FailedOperation%.InsufficientBalance",
  "^FailedOperation%.SignatureIncorrectOrUnapproved", "^FailedOperation%.TemplateIncorrectOrUnapproved",
  "^FailedOperation%.TemplateParamSetNotMatchApprovedTemplate", "^FailedOperation%.TemplateUnapprovedOrNotExist",
  "^FailedOperation%.MissingSignature", "^FailedOperation%.MissingTemplate", "^InvalidParameterValue%.SdkAppIdNotExist",
  "^UnknownParameter", "^MissingParameter", "^InvalidAction", "^NoSuchVersion", "^UnsupportedRegion" }

-- The value of Authorization. parts: method, host, type, body, now (ms), service.
local function sign(parts, config)
  local t, seconds = aw.date(parts.now), parts.now // 1000
  local date = ("%04d-%02d-%02d"):format(t.year, t.month, t.day)
  local scope = ("%s/%s/tc3_request"):format(date, parts.service)
  local request = ("%s\n/\n\ncontent-type:%s\nhost:%s\n\ncontent-type;host\n%s"):format(parts.method, parts.type, parts.host,
    aw.hex(aw.sha256(parts.body)))
  local text = ("TC3-HMAC-SHA256\n%d\n%s\n%s"):format(seconds, scope, aw.hex(aw.sha256(request)))
  local key = aw.hmac_sha256(aw.hmac_sha256(aw.hmac_sha256("TC3" .. config.secret_key, date), parts.service), "tc3_request")
  return ("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host, Signature=%s"):format(config.secret_id, scope,
    aw.hex(aw.hmac_sha256(key, text)))
end

-- The approved template, as the department's own says, or the one that the text was made from; and its variables in order.
local function template_of(message, config)
  local approved = message.approved
  if approved and next(approved.params) and not approved.params[1] then
    return nil, ("params of %s must be a list"):format(approved.id)
  end
  if approved then return approved.id, approved.params end
  local ids = {}
  for id in pairs(config.templates) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local variables = aw.variables(config.templates[id], message.body)
    if variables then
      local list = {}
      for i = 1, 50 do
        if not variables[tostring(i)] then break end
        list[i] = variables[tostring(i)]
      end
      return id, list
    end
  end
  return nil, "no template of the provider has this text: add it to templates, or say approved in the department's template or form"
end

local function international(number) return number:find("+", 1, true) and number or "+86" .. number end

local function send(message, config)
  local id, variables = template_of(message, config)
  if not id then return nil, variables end
  local body = aw.json.encode { PhoneNumberSet = { international(message.to) }, SmsSdkAppId = config.app_id, TemplateId = id,
    SignName = config.sign or message.program, TemplateParamSet = variables[1] and variables or nil, SessionContext = message.key }
  local parts = { method = "POST", host = config.url:match "^https?://([^/]+)", type = "application/json; charset=utf-8", body = body,
    now = message.now, service = SERVICE }
  return { method = "POST", url = config.url, body = body, headers = { Authorization = sign(parts, config), ["Content-Type"] = parts.type,
    ["X-TC-Action"] = "SendSms", ["X-TC-Version"] = VERSION, ["X-TC-Region"] = config.region,
    ["X-TC-Timestamp"] = ("%d"):format(message.now // 1000) } }
end

local function tomorrow(now) return (DAY - (now + CHINA * 60000) % DAY) // 1000 + 300 end

local function verdict(code, now)
  if PERMANENT[code] or code:find "^UnsupportedOperation" then return { permanent = code } end
  if code:find "ThirtySecondLimit$" then return { retry = 30, detail = code } end
  if code:find "OneHourLimit$" then return { delayed = HOUR, detail = code } end
  if code:find "^LimitExceeded" then return { delayed = tomorrow(now), detail = code } end
  if code:find "^RequestLimitExceeded" or code == "InternalError.Timeout" then return { retry = 30, detail = code } end
  for _, pattern in ipairs(CONFIG) do
    if code:find(pattern) then return { config = code } end
  end
  return { ambiguous = code }
end

-- HTTP 200 says nothing: an error is in the body, for all or for the number.
local function result(response, message)
  local answer = aw.json.decode(response.body)
  answer = type(answer) == "table" and answer.Response
  if type(answer) ~= "table" then
    if response.status == 429 or response.status == 503 then return { retry = 30, detail = "HTTP " .. response.status } end
    return { ambiguous = "HTTP " .. response.status }
  end
  local failure, status = answer.Error, (answer.SendStatusSet or {})[1]
  if type(failure) == "table" then return verdict(tostring(failure.Code), response.now) end
  if type(status) ~= "table" then return { ambiguous = "no status in the answer" } end
  if status.Code ~= "Ok" then return verdict(tostring(status.Code), response.now) end
  return { accepted = status.SerialNo ~= "" and status.SerialNo or message.key }
end

local OK = { status = 200, type = "application/json", body = '{"result":0,"errmsg":"OK"}' }

local function pushed(request, config)
  if not aw.same(config.token, aw.query(request.query).token) then return nil, { status = 403, body = "forged" } end
  local said = aw.json.decode(request.body)
  if type(said) ~= "table" then return nil, { status = 400, body = "unreadable" } end
  return said, OK
end

local function receipt(request, config)
  local list, reply = pushed(request, config)
  local out = {}
  for _, item in ipairs(list or {}) do
    if type(item) == "table" then
      out[#out + 1] = { id = tostring(item.sid or ""), state = item.report_status == "SUCCESS" and "delivered" or "failed",
        detail = tostring(item.errmsg or "") }
    end
  end
  return out, reply
end

-- One reply a call, without a number of its own: the same one twice is the same in every field.
local function inbound(request, config)
  local said, reply = pushed(request, config)
  if not said then return {}, reply end
  local seconds = math.tointeger(tonumber(said.time))
  return { { id = aw.hex(aw.sha256(request.body)), from = tostring(said.mobile or ""), text = tostring(said.text or ""),
    at = seconds and seconds * 1000 } }, reply
end

return {
  name = "tencent-sms", send = send, result = result, receipt = receipt, inbound = inbound,
  sign = function(parts, config) return sign(parts, config) end,
  capabilities = { address = "phone", max_length = 500, links = false, merges = false, approved = "order", approved_only = true },
  config = {
    url = { type = "url", default = "https://sms.tencentcloudapi.com/", doc = "the service's address" },
    region = { type = "text", default = "ap-guangzhou", doc = "X-TC-Region" },
    secret_id = { type = "text", required = true, doc = "SecretId of a sub-account that may only send" },
    secret_key = { type = "secret", required = true, doc = "its SecretKey" },
    app_id = { type = "text", required = true, doc = "SmsSdkAppId, such as \"1400006666\"" },
    sign = { type = "text", doc = "SignName; else what the text begins with: 【…】" },
    templates = { type = "table", default = {},
      doc = 'for questions, reminders and pages to staff: id → the approved text: templates = { ["1110"] = "您好，您的随访短码是{1}" }' },
    token = { type = "secret", required = true, doc = "proves what Tencent pushes: …/receipt?token=…" },
  },
}
