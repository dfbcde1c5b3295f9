-- What specs of channel plugins begin with: the plugin with its usual settings, and a provider on loopback; both go with b:close().
--   local b = Plugin.bench("plugins/wecom-bot", { key = { secret = "k" } })
--   after_each(function() b:close() end)
--   b:open { mention = false }            its channel, also b.c; the settings beside the usual ones
--   b:serve(function(request) … end)      see peer.lua; b.peer.url is where it is
--   b:deliver { to = "13800001111" }      really sends, and lets the provider answer
local channel = require "afterward.channel"
local Peer = require "functional.support.peer"

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

return Plugin
