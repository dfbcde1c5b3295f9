-- Runs the files of a bundle, each once, and answers `require`.
local host, use = ...
local words = use "words.lua"

-- state: report(code, message, place); module: what `require "afterward"` gives.
return function(state)
  local loader = { values = {}, needs = {} }       -- path → { value }; path → set of paths it requires
  local running = {}                               -- stack of names, for cycles
  local failed = {}                                -- path → the file that is to blame
  local because = {}                               -- path → { why, blamed }: what it required did not load
  loader.failed = failed

  local function module_name(path) return (path:gsub("%.lua$", ""):gsub("/", ".")) end

  local function resolve(name, from)
    local folder = from:match "^[^/]+" or host.department
    local plain = name:gsub("%.", "/") .. ".lua"
    for _, path in ipairs { folder .. "/" .. plain, plain } do
      if host.sources[path] then return path end
    end
    local known = { "afterward" }
    for _, path in ipairs(host.paths) do
      if path:find "%.lua$" then known[#known + 1] = module_name(path) end
    end
    local top = name:match "^([^.]+)%."
    if top and top ~= "shared" and top ~= host.department then
      return nil, ("no script %s: only this department's and shared ones can be required"):format(words.quote(name))
    end
    return nil, ("no script %s%s"):format(words.quote(name), words.hint(name, known))
  end

  -- Splits "ortho/hip.lua:3: what" and reports it where it happened.
  local function report(code, path, message)
    local file, line, what = message:match "^([^:\n]+):(%d+): (.*)$"
    if not file or not host.sources[file] then file, line, what = path, 0, message end
    state.report(code, what, { file = file, line = math.tointeger(line) or 0 })
  end

  local function chain(path)
    local list, seen = {}, false
    for _, item in ipairs(running) do
      seen = seen or item == path
      if seen then list[#list + 1] = module_name(item) end
    end
    list[#list + 1] = module_name(path)
    return table.concat(list, " requires ")
  end

  local function load(path)
    for _, item in ipairs(running) do
      if item == path then return nil, "scripts require each other in a circle: " .. chain(path) end
    end
    if failed[path] then return nil, words.quote(module_name(path)) .. " did not load" end
    if loader.values[path] then return loader.values[path] end
    running[#running + 1] = path
    local good, value = host.run(path)
    running[#running] = nil
    if not good then
      local other = because[path]
      if other and value:find(other.why, 1, true) then
        failed[path] = other.blamed
        local place = value:match "^[^:\n]+:%d+: " or ""
        report("not-looked-at", path, ("%snot looked at because %s does not load"):format(place, other.blamed))
      else
        failed[path] = path
        report("load", path, value)
      end
      return nil, words.quote(module_name(path)) .. " did not load"
    end
    loader.values[path] = { value = value }
    return loader.values[path]
  end

  -- What is declared in from is made of path too.
  function loader.need(from, path)
    loader.needs[from] = loader.needs[from] or {}
    loader.needs[from][path] = true
  end

  function loader.require(from, _, name)
    if type(name) ~= "string" then error("require takes the name of a script", 0) end
    if name == "afterward" then return state.module end
    local path, why = resolve(name, from)
    if not path then error(why, 0) end
    loader.need(from, path)
    local loaded, wrong = load(path)
    if not loaded then
      because[from] = failed[path] and { why = wrong, blamed = failed[path] }
      error(wrong, 0)
    end
    if loaded.value == nil then return true end
    return loaded.value
  end

  function loader.load_all()
    for _, path in ipairs(host.paths) do
      if path:find "%.lua$" then load(path) end
    end
  end

  return loader
end
