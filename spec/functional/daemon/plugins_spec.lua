-- Native plugins as their writer meets them: built against the header alone, configured, asked, refused with a sentence.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local uv = require "luv"
local json = require "dkjson"

local function run(command, ...)
  local pipe = assert(io.popen(command:format(...) .. " 2>&1"))
  local text = pipe:read "a"
  return pipe:close() and text or error(text)
end

-- A plugin that is not quite right: what stands in the constant is the spec's, so is what load does.
local WRONG = [[
#include <afterward_plugin.h>
#include <string.h>
static void fired(void *self) { (void)self; __builtin_trap(); }
static int load(const struct aw_host *host, void **self, char *why, size_t room) {
  (void)self, (void)fired, (void)host;
  %s
  strncpy(why, "the moon is in the wrong house", room);
  return -1;
}
static void unload(const struct aw_host *host, void *self) { (void)host, (void)self; }
static const struct aw_setting settings[] = { {"a", "1", "how often", AW_NUMBER}, {"b", NULL, "whose", AW_TEXT}, {0} };
const struct aw_plugin %s = { .abi = AW_ABI + %d, .size = sizeof (struct aw_plugin) - %d, .name = "%s", .version = "1", .does = "x",
  .settings = settings, .load = load, .unload = unload };
]]

local function sender(port)
  local self = { got = "" }
  self.tcp = uv.new_tcp()
  self.tcp:connect("127.0.0.1", port, function(failure)
    assert(not failure, failure)
    self.tcp:read_start(function(_, chunk)
      if chunk then self.got = self.got .. chunk else self.gone = true end
    end)
    self.open = true
  end)
  wait.till("it is connected", function() return self.open end)
  function self.say(bytes) self.tcp:write(bytes) end
  function self.hear(pattern) return wait.till("it hears " .. pattern, function() return self.got:match(pattern) end) end
  return self
end

describe("a native plugin", function()
  local folder, h, connectors
  local function build(name, text)                                  -- a project of its own, as a stranger builds it
    run("mkdir -p '%s/src/%s' '%s/plugins/%s'", folder, name, folder, name)
    local file = assert(io.open(("%s/src/%s/%s.c"):format(folder, name, name), "w"))
    file:write(text)
    file:close()
    run("cc -shared -fPIC -fvisibility=hidden -I'%s/include' -o '%s/plugins/%s/%s.so' '%s/src/%s/%s.c'", folder, folder, name, name,
      folder, name, name)
  end
  local function wrong(o)
    build(o.name or "moon", WRONG:format(o.load or "", o.constant or "afterward_plugin", o.abi or 0, o.short or 0, o.calls or "moon"))
  end
  local function refusal(settings)
    h:configure("log = {}", ("connectors = { sky = %s },"):format(settings))
    local process = h:launch()
    wait.till("it has ended", function() return process.ended end)
    assert.not_equal(0, process.code)
    assert.falsy(process.errors:find "AddressSanitizer", process.errors)
    return process.errors
  end

  setup(function()
    folder = run("mktemp -d"):match "%S+"
    run("install -D -m 644 engine/link/afterward_plugin.h '%s/include/afterward_plugin.h'", folder)
    run("cmake -S plugins/lines -B '%s/lines' -G Ninja -DCMAKE_PREFIX_PATH='%s' -DCMAKE_C_FLAGS='-Wall -Wextra -Werror'", folder, folder)
    run("cmake --build '%s/lines' && install -D '%s/lines/lines.so' '%s/plugins/lines/lines.so'", folder, folder, folder)
    h = Hospital.open { plugins = folder .. "/plugins", channels = "log = {}", scripts = { ["w/w.lua"] =
      Hospital.ward("w", 'aw.step { id = "s", at = "1h", run = function(p) p:send "hello" end },') } }
    connectors = [[connectors = { his = { plugin = "lines", listen = "127.0.0.1:0" }, lis = { plugin = "lines", listen = "127.0.0.1:0" } },]]
  end)
  teardown(function()
    h:close()
    run("rm -rf '%s'", folder)
  end)
  after_each(function() if h.daemon then assert.equal(0, (h:stop())) end end)

  local function start()
    h:configure("log = {}", connectors)
    h:start()
    local items = h:get("/api/v1/plugins").items
    assert.equal("his", items[1].name)
    return sender(tonumber(items[1].listens[1]:match ":(%d+)$"))
  end

  it("brings events: each is answered after the commit, and known thereafter", function()
    local his = start()
    local event = json.encode(h:discharge(1))
    his.say(event .. "\n")
    his.hear "^202 taken\n$"
    wait.till("the patient is known", function() return h:patient(1) end)
    his.say(event .. "\n")
    his.hear "^202 taken\n202 taken\n$"                                -- again: taken once
    local other = h:discharge(2)
    other.id = h:discharge(1).id
    his.say(json.encode(other) .. "\n")
    his.hear "\n409 another event was taken with this id[^\n]*\n$"
    his.say '{"kind":"discharge"}\nnonsense\n'
    his.hear "\n422 [^\n]*\n422 [^\n]*\n$"
    local text = h:afterward "plugins"
    assert.truthy(text:find "his +connector +lines +1.0.0" and text:find "lis +connector +lines" and text:find "log +channel", text)
    local item = h:get("/api/v1/plugins").items[1]
    assert.same({ 2, 3, 1 }, { item.taken, item.refused, item.streams })
  end)

  it("answers lines that come in pieces, many at once, and ends who never ends a line", function()
    local his = start()
    local lines = {}
    for n = 10, 59 do lines[#lines + 1] = json.encode(h:discharge(n)) end
    local all = table.concat(lines, "\n") .. "\n"
    for at = 1, #all, 700 do his.say(all:sub(at, at + 699)) end
    wait.till("all are answered", function() return select(2, his.got:gsub("202 taken\n", "")) == 50 end)
    his.say(("x"):rep(70000))
    wait.till("it is cut", function() return his.gone end)
  end)

  it("is undone when the engine stops, also while its senders are connected", function()
    local his = start()
    his.say(json.encode(h:discharge(3)) .. "\n" .. json.encode(h:discharge(4)) .. "\n")
    assert.equal(0, (h:stop()))
    wait.till("the sender sees it", function() return his.gone end)
  end)

  for what, case in pairs {
    ["of another ABI"] = { { abi = 1 }, "built for plugin ABI 2, and this engine has 1: build it again with this engine's afterward_plugin.h" },
    ["with a short constant"] = { { short = 16 }, "set .size = sizeof afterward_plugin" },
    ["without the constant"] = { { constant = "other; extern const struct aw_plugin other; const struct aw_plugin other" },
      "exports no constant afterward_plugin" },
    ["with another's name"] = { { calls = "sun" }, 'calls itself "sun": name it as its folder' },
    ["that says why it can't load"] = { {}, "the moon is in the wrong house" },
    ["that registered things before it failed"] = { { load = [[
      static const struct aw_stream_calls calls;
      struct aw_listen how = { "127.0.0.1:0", "", 4, 0, 0 };
      host->listen(host, &how, why, room);
      host->call(host, "127.0.0.1:1", &calls, 0);
      host->arm(host->timer(host, fired, 0), 0);
      host->add(host->metric(host, "afterward_moon_phases_total", "x", AW_COUNTER), 1);]] }, "the moon is in the wrong house" },
  } do
    it(what .. " is refused with a sentence", function()
      wrong(case[1])
      local said = refusal '{ plugin = "moon", b = "x" }'
      assert.truthy(said:find('connector "sky": ', 1, true) and said:find(case[2], 1, true), said)
    end)
  end

  it("has its settings checked: unknown, missing, of the wrong kind; and its name", function()
    wrong {}
    for settings, wanted in pairs {
      ['{ plugin = "moon", bb = "x" }'] = "plugin moon has no setting 'bb'", ['{ plugin = "moon" }'] = "b: whose: must be set",
      ['{ plugin = "moon", b = 7 }'] = "b: whose: must be text",
      ['{ plugin = "moon", b = "x", a = "y" }'] = "a: how often: must be a whole number, such as 1",
      ['{ plugin = "../moon" }'] = 'plugin must be a plugin\'s name, such as hl7', ['{ plugin = "sun" }'] = "sun/sun.so can't be loaded",
    } do
      local said = refusal(settings)
      assert.truthy(said:find(wanted, 1, true), settings .. "\n" .. said)
    end
  end)
end)
