-- Whoever can reach the machine can call /channels/…: each plugin believes what it can prove, and nothing else. A plugin that takes
-- callbacks and says here not how they are proved fails this spec.
local Plugin = require "functional.support.plugin"

local NOW = 1772431200000
local STAMP, TOKEN = "1772431200", "c2VjcmV0"                 -- of every secret, as support/plugin.lua has it

local function standard(c, body)                              -- Standard Webhooks
  return { body = body, headers = { ["webhook-id"] = "w", ["webhook-timestamp"] = STAMP,
    ["webhook-signature"] = c:call("sign", "w", STAMP, body) } }
end

-- name, and in brackets which of its kinds → what a genuine callback is. timed: it is signed with its time. tied: and with what it says.
local GENUINE = {
  ["aliyun-sms"] = { receipt = function() return { query = "token=" .. TOKEN,
      body = '[{"out_id":"m1-0","phone_number":"13800001111","success":true,"biz_id":"b1","err_code":"DELIVERED"}]' } end,
    inbound = function() return { query = "token=" .. TOKEN, body = '[{"phone_number":"13800001111","content":"1","sequence_id":7}]' } end },
  ["tencent-sms"] = { receipt = function() return { query = "token=" .. TOKEN,
      body = '[{"sid":"s1","mobile":"13800001111","report_status":"SUCCESS"}]' } end,
    inbound = function() return { query = "token=" .. TOKEN, body = '{"mobile":"13800001111","content":"1","time":1772431200}' } end },
  ["sms-http"] = { settings = { callback = { token = { secret = TOKEN },
      id = "msgid", state = "status", delivered = { "DELIVRD" }, failed = { "X" } } },
    receipt = function() return { query = "token=" .. TOKEN, body = '{"msgid":"g1","status":"DELIVRD"}' } end },
  ["kannel"] = { tied = "key=m1-0",
    receipt = function(c)
      local url = c:send {}.url:match "dlr%-url=([^&]+)":gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
      return { method = "GET", query = url:match "%?(.*)":gsub("%%d", "1"):gsub("%%A", "ok") }
    end,
    inbound = function() return { method = "GET", query = "token=" .. TOKEN .. "&id=u1&from=13800001111&at=" .. STAMP .. "&text=1" } end },
  ["webhook"] = { timed = true, tied = "a7", receipt = function(c) return standard(c, '{"id":"a7","state":"delivered"}') end,
    inbound = function(c) return standard(c, '{"id":"a7","from":"13800001111","text":"1"}') end },
  ["pbx"] = { timed = true, tied = "a7", receipt = function(c) return standard(c, '{"id":"a7","call":"busy"}') end,
    inbound = function(c) return standard(c, '{"id":"a7","from":"13800001111","at":' .. STAMP .. "}") end },
  ["pbx (ari)"] = { timed = true, tied = "a7", settings = { kind = "ari", password = { secret = "p" } }, receipt = function(c)
      local said = { id = "a7", status = "BUSY", cause = "17", at = STAMP }
      return { body = ("id=a7&status=BUSY&cause=17&at=%s&sign=%s"):format(STAMP, c:call("proof", said)) }
    end,
    inbound = function(c)
      local said = { id = "a7", from = "13800001111", at = STAMP }
      return { body = ("id=a7&from=13800001111&at=%s&sign=%s"):format(STAMP, c:call("missed_mark", said)) }
    end },
  ["wechat-oa"] = { timed = true, settings = { aes_key = false }, inbound = function(c)
      return { query = ("timestamp=%s&nonce=n&signature=%s"):format(STAMP, c:call("signature", STAMP, "n", "")),
        body = "<xml><FromUserName>o1</FromUserName><CreateTime>" .. STAMP .. "</CreateTime>"
          .. "<MsgType>text</MsgType><Content>1</Content><MsgId>7</MsgId></xml>" }
    end },
}
GENUINE["wechat-oa"].receipt = GENUINE["wechat-oa"].inbound

local function copy(request, change)
  local out = { headers = {}, now = NOW }
  for key, value in pairs(request) do out[key] = value end
  for key, value in pairs(request.headers or {}) do out.headers[key] = value end
  change(out)
  return out
end

-- What a stranger can make of a genuine callback: its proof away, guessed, cut, or of another time.
local function forgeries(request, kind)
  local out = {}
  if request.headers or request.query then out["without a head or query"] = { now = NOW, body = request.body, headers = {}, query = "" } end
  local function put(what, change) out[what] = copy(request, change) end
  for name, value in pairs(request.headers or {}) do
    put("without " .. name, function(r) r.headers[name] = nil end)
    put("with another " .. name, function(r) r.headers[name] = value:sub(1, -2) .. (value:sub(-1) == "A" and "B" or "A") end)
  end
  local place = (request.query or "") ~= "" and "query" or not request.headers and "body"
  for _, name in ipairs { "token", "sign", "signature" } do
    local found = place and request[place]:match("%f[%w]" .. name .. "=([^&]+)")
    if found then
      put("without " .. name, function(r) r[place] = r[place]:gsub("%f[%w]" .. name .. "=[^&]+", "") end)
      put("with half of " .. name, function(r) r[place] = r[place]:gsub("%f[%w]" .. name .. "=[^&]+", name .. "=" .. found:sub(1, #found // 2)) end)
      put("with a guess at " .. name, function(r) r[place] = r[place]:gsub("%f[%w]" .. name .. "=[^&]+", name .. "=" .. ("0"):rep(#found)) end)
    end
  end
  if kind.timed then
    put("five minutes late", function(r) r.now = NOW + 301000 end)
    put("five minutes early", function(r) r.now = NOW - 301000 end)
  end
  return out
end

describe("callbacks of", function()
  it("every plugin that takes any stand in this spec", function()
    for _, name in ipairs(Plugin.names()) do
      local c = Plugin.configured(name)
      local can = c:can()
      for _, way in ipairs { can.receipts and "receipt", can.inbound and "inbound" } do
        if way then assert.truthy(GENUINE[name] and GENUINE[name][way], name .. ": how is " .. way .. " proved?") end
      end
      c:close()
    end
  end)

  for title, kind in pairs(GENUINE) do
    for _, way in ipairs { "receipt", "inbound" } do
      if kind[way] then
        it(title .. ", " .. way .. ": genuine ones are taken, forged ones are not", function()
          local c = Plugin.configured(title:match "^%S+", kind.settings)
          local request = kind[way](c)
          local function take(r)
            local items, reply = c[way](c, r)
            return #(items or {}), (reply or {}).status or 200
          end
          assert.same({ 1, 200 }, { take(copy(request, function() end)) })
          local tried = 0
          for what, forged in pairs(forgeries(request, kind)) do
            tried = tried + 1
            assert.same({ 0, 403 }, { take(forged) }, what)
          end
          assert.truthy(tried >= 3)
          if kind.tied and way == "receipt" then
            assert.same({ 0, 403 }, { take(copy(request, function(r)
              local place = (r.query or "") ~= "" and "query" or "body"
              r[place] = r[place]:gsub(kind.tied:gsub("%p", "%%%0"), (kind.tied:gsub(".$", "9")))
            end)) }, "about another one")
          end
          c:close()
        end)
      end
    end
  end
end)
