-- Mail by SMTP: plain and HTML part, subject in any script, STARTTLS.
local aw = require "afterward.plugin"

local LINE = ("."):rep(76)
local DAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
local WORD = 39                                               -- bytes of text in an encoded word of 75 at most (RFC 2047)

-- A header's words: as they are, or as encoded words that cut no character.
local function words(text)
  text = text:gsub("%c", " ")
  if not text:find "[\128-\255]" then return text end
  local out, part = {}, ""
  for char in text:gmatch "[%z\1-\127\194-\244][\128-\191]*" do
    if #part + #char > WORD then
      out[#out + 1] = part
      part = ""
    end
    part = part .. char
  end
  out[#out + 1] = part
  for i, word in ipairs(out) do out[i] = "=?UTF-8?B?" .. aw.base64(word) .. "?=" end
  return table.concat(out, "\r\n ")
end

local function base64_lines(text)
  local all = aw.base64(text):gsub(LINE, "%0\r\n")
  return all
end

local function html(text)
  local safe = text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" })
  safe = safe:gsub("https?://[%w%-._~:/?#@!$'()*+,;=%%&]+", function(link) return ('<a href="%s">%s</a>'):format(link, link) end)
  return (safe:gsub("\r?\n", "<br>\r\n"))
end

-- Black or white, whichever is read more easily on it (WCAG's luminance, as on the engine's own pages).
local function ink(color)
  local sum = 0
  for i, weight in ipairs { 0.2126, 0.7152, 0.0722 } do
    local part = tonumber(color:sub(2 * i, 2 * i + 1), 16) / 255
    sum = sum + weight * (part <= 0.04045 and part / 12.92 or ((part + 0.055) / 1.055) ^ 2.4)
  end
  return sum > 0.179 and "#000000" or "#ffffff"
end

local function page(message, config)
  local color = config.colour or message.color or "#1a6dbe"
  return ([[<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>%s</title></head>
<body style="font:18px/1.6 sans-serif;color:#222;margin:0"><div style="background:%s;color:%s;padding:12px 20px">%s</div>
<div style="padding:20px">%s</div></body></html>]]):format(html(message.program), color, ink(color), html(message.program), html(message.body))
end

local function date_of(now)
  local t = aw.date(now, 480)
  return ("%s, %02d %s %d %02d:%02d:%02d +0800"):format(DAYS[t.weekday], t.day, MONTHS[t.month], t.year, t.hour, t.minute, t.second)
end

local function part(type, text)
  return "Content-Type: " .. type .. "; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" .. base64_lines(text) .. "\r\n"
end

local function fill(pattern, message)
  return (pattern:gsub("{(%w+)}", { program = message.program, class = message.class }))
end

local function mail(message, config)
  local boundary = "=_" .. aw.hex(aw.sha256(message.key)):sub(1, 24)
  local name = config.name or message.program
  local head = { "From: " .. (name ~= "" and words(name) .. " " or "") .. "<" .. config.from .. ">", "To: <" .. message.to .. ">",
    "Subject: " .. words(fill(config.subject, message)), "Date: " .. date_of(message.now),
    "Message-ID: <" .. message.key .. "@" .. config.from:match "@(.*)$" .. ">", "MIME-Version: 1.0",
    "Auto-Submitted: auto-generated", 'Content-Type: multipart/alternative; boundary="' .. boundary .. '"' }
  return table.concat(head, "\r\n") .. "\r\n\r\n--" .. boundary .. "\r\n" .. part("text/plain", message.text)
    .. "--" .. boundary .. "\r\n" .. part("text/html", page(message, config)) .. "--" .. boundary .. "--\r\n"
end

local function is_address(text) return text:find "^[^%s%c<>@]+@[^%s%c<>@]+$" and not text:find "[\128-\255]" end

local function send(message, config)
  if config.colour and not config.colour:find "^#%x%x%x%x%x%x$" then error("colour must be such as #1a6dbe", 0) end
  if not is_address(config.from) then error("from must be an address such as follow-up@example.org", 0) end
  if not is_address(message.to) then return nil, "no mail address" end
  return { url = ("%s://%s:%d/%s"):format(config.tls == "tls" and "smtps" or "smtp", config.host, config.port, config.hello),
    body = mail(message, config),
    mail = { from = config.from, to = { message.to }, tls = config.tls, user = config.user, password = config.password } }
end

-- status is the code of the server's last reply, body its line.
local function result(response, message)
  local code, said = response.status, response.body:gsub("[\r\n]+$", ""):sub(1, 120)
  if code >= 200 and code < 300 then return { accepted = message.key } end
  if code >= 400 and code < 500 then return { retry = 300, detail = said } end
  if code == 530 or code == 534 or code == 535 or code == 538 then return { config = said .. ": check user, password and tls" } end
  if said:find("5.7.1", 1, true) and said:find "[Rr]elay" then return { config = said } end
  if code >= 500 and code < 600 then return { permanent = said } end
  return { ambiguous = "SMTP " .. code }
end

return {
  name = "smtp", send = send, result = result,
  capabilities = { address = "email", links = true, merges = true },
  config = {
    host = { type = "text", required = true, doc = 'the mail server: host = "mail.example.org"' },
    port = { type = "number", default = 587, doc = "587, 25, or 465 with tls = \"tls\"" },
    tls = { one = { "starttls", "tls", "none" }, default = "starttls", doc = "nothing is said in the clear unless none" },
    from = { type = "text", required = true, doc = "the sender's address" },
    name = { type = "text", doc = "the sender's name; else the program's" },
    user = { type = "text", doc = "login" },
    password = { type = "secret", doc = "login" },
    hello = { type = "text", default = "afterward", doc = "our name in EHLO" },
    subject = { type = "text", default = "{program}：随访消息", doc = "says no more than a stranger may read: {program}, {class}" },
    colour = { type = "text", doc = 'of the band over the HTML part, "#1a6dbe"; else the program\'s' },
  },
}
