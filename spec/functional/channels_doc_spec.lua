-- docs/channels.md and the READMEs of the plugins are true: listings run, the table says what each plugin says of itself.
local channel = require "afterward.channel"
local Plugin = require "functional.support.plugin"
local play = require "functional.support.play"

local manual = play.file "docs/channels.md"
local function listing(mark) return assert(manual:match("\n```lua " .. mark .. "\n(.-)\n```"), mark) end

local function row(name, can)
  local function yes(flag) return flag and "yes" or "–" end
  local keyed = can.keyed == 0 and "–" or can.keyed % 3600000 == 0 and ("%d h"):format(can.keyed // 3600000) or ("%d min"):format(can.keyed // 60000)
  return ("| [`%s`](../plugins/%s/README.md) | %s | %s | %s | %s | %s | %s | %s | %s |"):format(name, name, can.address,
    can.max_length == 0 and "–" or can.max_length, keyed, yes(can.queryable), yes(can.receipts), yes(can.inbound), yes(can.links), yes(can.merges))
end

describe("docs/channels.md", function()
  local names = Plugin.names()

  it("says of every plugin what it says of itself with the settings of its README", function()
    for _, name in ipairs(names) do
      local c = Plugin.configured(name)
      assert.truthy(manual:find(row(name, c:can()), 1, true), "the table should have\n" .. row(name, c:can()))
      c:close()
    end
    assert.truthy(#names >= 11)
  end)

  it("shows what afterward new channel writes, which is some thirty lines", function()
    local function written(file) return (play.file("engine/new/" .. file):gsub("@NAME@", "city-sms"):gsub("\n$", "")) end
    assert.equal(written "channel.lua", listing "plugin")
    assert.equal(written "channel_spec.lua", listing "spec")
  end)

  it("has a configuration that loads, and a spec's beginning that runs", function()
    local env = {}
    assert(load(listing "config", "config", "t", env))()
    assert.equal("kannel", env.channels.sms.plugin)
    local place = play.folder { ["plugins/city-sms/plugin.lua"] = listing "plugin" .. "\n" }
    local own = setmetatable({ require = function(name)
      if name ~= "afterward.channel" then return require(name) end
      return { open = function(folder, settings) return channel.open(place.path .. "/" .. folder, settings) end }
    end }, { __index = _G })
    assert(load(listing "spec%-part", "part", "t", own))()
    place:remove()
  end)

  it("has a template with its provider's numbers that loads", function()
    local sim = require "afterward.sim"
    local w = sim.world { at = "2026-03-02 10:00", scripts = { ["w/department.lua"] = [[local aw = require "afterward"
      return { aw.department { id = "w", title = { zh = "科", en = "W" } }, ]] .. listing "approved" .. ", " .. listing "approved_form" .. " }" } }
    assert.equal(1, #w.core:query "SELECT id AS i_id FROM bundle WHERE active=1")
  end)

  it("explains every function of the library", function()
    local c = assert(channel.load([[local aw = require "afterward.plugin"
      return { name = "n", send = function() end, result = function() end, names = function()
        local out = {}
        for name, value in pairs(aw) do
          if type(value) == "table" then for inner in pairs(value) do out[#out + 1] = name .. "." .. inner end
          else out[#out + 1] = name end
        end
        return out
      end } ]], {}))
    for _, name in ipairs(c:call "names") do assert.truthy(manual:find("aw." .. name, 1, true), "aw." .. name .. " is not explained") end
    c:close()
  end)
end)
