-- The shape of the tree, read from the tree. Each rule is first shown something that breaks it.
local lfs = require "lfs"
local rules = require "unit.architecture"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function names(folder)
  local out = {}
  for name in lfs.dir(folder) do
    if name ~= "." and name ~= ".." then out[#out + 1] = name end
  end
  table.sort(out)
  return out
end

local function walk(folder, ending, out)
  for _, name in ipairs(names(folder)) do
    local path = folder .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then
      if name ~= "node_modules" then walk(path, ending, out) end
    elseif name:find(ending) then
      out[#out + 1] = path
    end
  end
  return out
end

local function every(files, rule)
  local bad = {}
  for _, path in ipairs(files) do table.move(rule(path, "\n" .. read(path)), 1, 99, #bad + 1, bad) end
  return bad
end

local engine = walk("engine", "%.[ch]$", {})
local c_files = walk("plugins", "%.[ch]$", walk("spec", "%.[ch]$", walk("engine", "%.[ch]$", {})))
local all_files = {}
for _, folder in ipairs { "engine", "plugins", "scripts", "spec", "db" } do
  for _, ending in ipairs { "%.[ch]$", "%.lua$", "%.js$", "%.css$", "%.sql$" } do walk(folder, ending, all_files) end
end

describe("the tree", function()
  it("was found", function() assert.is_true(#engine > 10 and #all_files > #engine) end)

  it("includes one way: base ← io, store, script; store ← run ← care ← link, api", function()
    for _, breach in ipairs {
      { "engine/base/a.c", '#include "store/store.h"' }, { "engine/run/a.c", '#include "care/patient.h"' },
      { "engine/script/a.h", '  #  include "run/run.h"' }, { "engine/care/a.c", '#include "io/loop.h"' },
      { "engine/link/a.c", '#include "api/route.h"' }, { "engine/api/a.c", '#include "link/dispatch.h"' },
      { "engine/care/a.c", '#include "engine.h"' },
    } do
      assert.equal(1, #rules.includes(breach[1], "\n" .. breach[2]), breach[1] .. " " .. breach[2])
    end
    assert.same({}, rules.includes("engine/care/a.c", '\n#include "care/b.h"\n#include "run/run.h"'))
    assert.same({}, rules.includes("engine/main.c", '\n#include "engine.h"\n#include "api/api.h"'))
    assert.same({}, every(engine, rules.includes))
  end)

  it("knows each outside library in one folder only", function()
    for _, breach in ipairs {
      { "engine/care/a.c", "<sqlite3.h>" }, { "engine/link/a.c", "<uv.h>" }, { "engine/api/a.c", "<llhttp.h>" },
      { "engine/link/a.c", "<curl/curl.h>" }, { "engine/run/a.c", "<lua.h>" }, { "engine/engine.c", "<lauxlib.h>" },
      { "engine/base/a.c", '"lualib.h"' }, { "engine/main.c", "<sqlite3.h>" }, { "engine/simple/a.c", "<lua.h>" },
    } do
      assert.equal(1, #rules.libraries(breach[1], "\n#include " .. breach[2]), breach[1] .. " " .. breach[2])
    end
    for _, path in ipairs { "engine/main.c", "engine/sim.c", "engine/sim/query.h", "engine/script/a.c" } do
      assert.same({}, rules.libraries(path, "\n#include <lua.h>\n"))
    end
    assert.same({}, every(engine, rules.libraries))
  end)

  it("writes what is due in one file only, which remembers it", function()
    for _, sql in ipairs { '"INSERT INTO due (class)', '"DELETE FROM due WHERE', '"UPDATE due SET at=?1' } do
      assert.equal(1, #rules.due_rows("engine/care/a.c", "\n" .. sql), sql)
    end
    assert.same({}, rules.due_rows("engine/care/a.c", '\n"UPDATE due SET key=?2 WHERE key=?1"'))
    assert.same({}, every(engine, rules.due_rows))
  end)

  it("is linked in the order in which it includes", function()
    local cmake = read "CMakeLists.txt"
    assert.equal(1, #rules.link_graph(cmake .. "\nengine_library(store base care)\n"))
    assert.equal(1, #rules.link_graph(cmake .. "\n  target_link_libraries(run PRIVATE care)\n"))
    assert.equal(1, #rules.link_graph((cmake:gsub("engine_library%(run", "engine_library(walk"))))
    assert.same({}, rules.link_graph(cmake))
  end)

  it("has only known names at its top", function()
    assert.equal(1, #rules.top { "engine", "utils" })
    assert.same({}, rules.top(names "."))
  end)

  it("has no file over 450 lines", function()
    assert.equal(1, #rules.length("engine/a.c", ("x\n"):rep(451)))
    assert.same({}, rules.length("engine/a.c", ("x\n"):rep(450)))
    assert.same({}, every(all_files, function(path, source) return rules.length(path, source:sub(2)) end))
  end)

  it("calls nothing that overruns a buffer or starts a shell", function()
    for _, call in ipairs { "strcpy(a, b)", "x = sprintf (a, b)", "(void)system(a)", "gets(a)" } do
      assert.equal(1, #rules.calls("engine/a.c", "\n" .. call .. ";"), call)
    end
    assert.same({}, rules.calls("engine/a.c", '\n// system(x)\nlog("popen(1)"); snprintf(a, 1, b); widgets(a);'))
    assert.same({}, every(c_files, rules.calls))
  end)

  it("keeps no mutable state outside an engine", function()
    for _, breach in ipairs {
      "int counter;", "static int counter = 3;", "static const char *names[] = {0};", "struct list *head = NULL;",
      "static struct list head;", "void f(void) {\n  static char text[9];\n}", "static void (*hook)(int);",
      "static _Thread_local int depth;", "char buffer[64];", "void (*hook)(int) = 0;", "struct { int a; } one;",
      "static struct { int a; } one;", "struct one { int a; } two = {1};",
      "static char text[] = \"const\";", "static int counter = sizeof(const char);",
    } do
      assert.equal(1, #rules.mutable_state("engine/a.c", "\n" .. breach .. "\n"), breach)
    end
    for _, fine in ipairs {
      "static int f(int a) {\n  int b = 1;\n  return b;\n}", "static const int limit = 3;", "int f(void);",
      "static const char *const names[] = {\"static int x;\"};", "struct list {\n  int a;\n};", "struct list;",
      "void f(int a, void (*done)(void *ctx), void *ctx);", "typedef void done(int a);",
      "enum { LIMIT = 3 };", "typedef int (*callback)(int);", "extern const struct embedded all[];",
      "static inline int f(void) { return 0; }", "const struct embedded all[] = {{0}};",
      "static int (*const calls[])(int) = {f};", "static __attribute__((noreturn)) void f(void);",
      "#define X static int y;\nstatic int f(struct a *b);", "enum kind { A, B = 2 };",
      "typedef struct { int a; } one;", "struct one f(void) {\n  return g();\n}", "// static int x;",
    } do
      assert.same({}, rules.mutable_state("engine/a.c", "\n" .. fine .. "\n"), fine)
    end
    assert.same({}, every(engine, rules.mutable_state))
  end)

  it("keeps a department's specs with the department", function()
    assert.equal(1, #rules.department_specs { "scripts/ward/ward.lua" })
    assert.equal(1, #rules.department_specs { "scripts/ward/ward.lua", "scripts/ward/spec/a_spec.lua", "spec/scripts/b_spec.lua" })
    assert.same({}, rules.department_specs(all_files))
  end)

  it("numbers migrations without a gap", function()
    assert.equal(1, #rules.migrations { "0001_start.sql", "0003_more.sql" })
    assert.equal(1, #rules.migrations { "0001_start.sql", "0001_twice.sql" })
    assert.equal(1, #rules.migrations { "1_start.sql" })
    assert.same({}, rules.migrations(names "db"))
  end)
end)
