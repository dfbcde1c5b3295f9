-- What specs of channel plugins are written in: require "afterward.channel".
--   local c = channel.open("plugins/sms-http", { url = … })       nil and why when it is refused; load: of its text
--   c:send { text = … } → request     c:result({ status = 200, body = … }) → result     also query, queried
--   c:receipt { body = … }, c:inbound { body = … } → items, reply
--   c:pull(state) → request     c:pulled({ json = … }, state) → records, state, more …     of a connector
--   c:deliver({ text = … }, pump) → what came of really sending it; c:ask(…) of asking what became of it
--   c:can() → its abilities     c:call("sign", …) → what a function of the plugin's own returns     c:close()
-- What is left out of a message, a response or a request is filled in.
local open_in_sandbox = ...
local channel, methods = {}, {}
local PATIENCE = 20                                          -- seconds

local function filled(given, usual)
  local out = {}
  for key, value in pairs(usual) do out[key] = value end
  for key, value in pairs(given or {}) do out[key] = value end
  return out
end

local function message(given)
  local out = filled(given, { key = "m1-0", to = "13800001111", text = "【示范医院】您好", class = "general", safety = false,
    now = 1772431200000 })
  out.program = out.program or out.text:match "^【(.-)】" or ""
  out.body = out.body or out.text:gsub("^【.-】", "")
  out.sent = out.sent or out.now
  return out
end

local function response(given, like)
  return filled(given, { status = 200, body = "", headers = {}, step = "", now = like.now })
end

-- Headers come as a list of pairs, since names may repeat.
local function by_name(request)
  if not request then return nil end
  local function fix(part)
    local headers = {}
    for _, pair in ipairs(part.headers or {}) do headers[pair[1]] = pair[2] end
    part.headers = headers
  end
  fix(request)
  if request.shown then fix(request.shown) end
  return request
end

function methods:send(given)
  local request, why = self.inner:send(message(given))
  return by_name(request), why
end

function methods:query(given)
  local request, why = self.inner:query(message(given))
  return by_name(request), why
end

function methods:result(said, given)
  local sent = message(given)
  local result, why = self.inner:result(response(said, sent), sent)
  if result and result.next then by_name(result.next) end
  return result, why
end

function methods:queried(said, given)
  local sent = message(given)
  return self.inner:queried(response(said, sent), sent)
end

function methods:pull(state)
  local request, why = self.inner:pull(state or {})
  return by_name(request), why
end

function methods:pulled(said, state)
  return self.inner:pulled(response(said, { now = 1772431200000 }), state or {})
end

local function heard(self, name, given)
  local request = filled(given, { method = "POST", query = "", headers = {}, body = "", now = 1772431200000 })
  local got, why = self.inner[name](self.inner, request)
  if not got then return nil, why end
  return got.items, got.reply
end

function methods:receipt(given) return heard(self, "receipt", given) end
function methods:inbound(given) return heard(self, "inbound", given) end
function methods:can() return self.inner:can() end
function methods:close() self.inner:close() end

function methods:call(name, ...)
  local got, why = self.inner:call(name, ...)
  if not got then return nil, why end
  return table.unpack(got)
end

local function wait(self, given, query, pump)
  local ends = os.time() + PATIENCE
  self.inner:start(message(given), query)
  while os.time() < ends do
    local result = self.inner:step()
    if result then return result end
    if pump then pump() end
  end
  error("there was no result within " .. PATIENCE .. " s", 3)
end

-- pump is called over and over while it is waited for: it lets the spec's own peer work.
function methods:deliver(given, pump) return wait(self, given, false, pump) end
function methods:ask(given, pump) return wait(self, given, true, pump) end

methods.__index = methods

-- The text of a plugin.lua. o.name: the channel's, "sms" when not said; o.ca_file: certificates that are trusted in place of
-- the system's; o.file: where the text is from.
function channel.load(text, settings, o)
  o = o or {}
  local inner, why = open_in_sandbox(o.file or "plugins/demo/plugin.lua", text, o.name or "sms", settings or {}, o.ca_file)
  if not inner then return nil, why end
  return setmetatable({ inner = inner }, methods)
end

-- A plugin by its folder.
function channel.open(folder, settings, o)
  local path = folder .. "/plugin.lua"
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return channel.load(text, settings, filled(o, { file = path }))
end

return channel
