-- What specs of channel plugins begin with: the plugin with its usual settings, and a provider on loopback; both go with b:close().
--   local b = Plugin.bench("plugins/wecom-bot", { key = { secret = "k" } })
--   after_each(function() b:close() end)
--   b:open { mention = false }            its channel, also b.c; the settings beside the usual ones
--   b:serve(function(request) … end)      see peer.lua; b.peer.url is where it is
--   b:deliver { to = "13800001111" }      really sends, and lets the provider answer
local channel = require "afterward.channel"
local Peer = require "functional.support.peer"

--   Plugin.configured "kannel"            its channel, with the settings of its README; Plugin.names() lists all channels there are
local lfs = require "lfs"

local Plugin = {}
Plugin.__index = Plugin

function Plugin.bench(folder, usual) return setmetatable({ folder = folder, usual = usual }, Plugin) end

local function shut(self, name)
  if self[name] then self[name]:close() end
  self[name] = nil
end

-- nil and why when the settings are refused.
function Plugin:try(more)
  local settings = {}
  for key, value in pairs(self.usual) do settings[key] = value end
  for key, value in pairs(more or {}) do settings[key] = value end
  shut(self, "c")
  local why
  self.c, why = channel.open(self.folder, settings)
  return self.c, why
end

function Plugin:open(more) return assert(self:try(more)) end

function Plugin:serve(serve)
  shut(self, "peer")
  self.peer = Peer.open(serve)
  return self.peer
end

function Plugin:deliver(message) return self.c:deliver(message or {}, self.peer.pump) end

function Plugin:close()
  shut(self, "c")
  shut(self, "peer")
end

function Plugin.names()
  local out = {}
  for name in lfs.dir "plugins" do
    local file = io.open("plugins/" .. name .. "/plugin.lua")
    local text = file and file:read "a"
    if file then file:close() end
    if text and not text:find "pull = pull" then out[#out + 1] = name end    -- a connector is no channel
  end
  table.sort(out)
  return out
end

-- Secrets are not on this machine.
local function known(value)
  if type(value) ~= "table" then return value end
  if value.secret_file then return { secret = "c2VjcmV0" } end
  local out = {}
  for key, item in pairs(value) do out[key] = known(item) end
  return out
end

-- more: settings in place of the README's; false: without it.
function Plugin.configured(name, more)
  local file <close> = assert(io.open("plugins/" .. name .. "/README.md"))
  local text, env = file:read "a":match "\n```lua\n(c%a+s = .-)\n```", {}
  assert(load(assert(text, name .. "/README.md has no listing"), name, "t", env))()
  local _, settings = next(env.channels or env.connectors)
  assert(settings.plugin == name)
  settings = known(settings)
  for key, value in pairs(more or {}) do settings[key] = value or nil end
  for _, own in ipairs { "plugin", "parallel", "timeout_ms", "callers", "per_second", "burst", "per_day", "every", "seconds",
    "megabytes" } do settings[own] = nil end
  return assert(channel.open("plugins/" .. name, settings))
end

return Plugin
