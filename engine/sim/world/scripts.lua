-- Where a simulated world's scripts come from: department folders, files named one by one, or the spec itself.
local function read_file(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local text = file:read "a"
  file:close()
  return text
end

local function list_files(folder)                           -- specs are no part of what they play
  local files, pipe = {}, assert(io.popen(("find '%s' -name spec -prune -o -type f \\( -name '*.lua' -o -name '*.csv' \\) -print 2>/dev/null | sort")
    :format(folder)))
  for line in pipe:lines() do files[#files + 1] = line end
  pipe:close()
  return files
end

-- Department and name of a script file: "scripts/ortho/hip.lua" is ortho's; the folder above is the scripts folder.
local function split_path(path)
  local root, department, rest = path:match "^(.*)/([^/]+)/([^/]+)$"
  assert(root, path .. ": a script lies in a department's folder, such as scripts/ortho/hip.lua")
  return root, department, rest
end

-- Files named one by one: the declarations of those alone; everything beside them can be required.
local function sources_of(scripts)
  local roots, departments, chosen = {}, {}, {}
  for _, path in ipairs(scripts) do
    local root, department = split_path(path)
    roots[root], chosen[path:sub(#root + 2)] = true, true
    if department ~= "shared" then departments[department] = root end
  end
  return roots, departments, chosen
end

local function without_declarations(text)                   -- a module that was not named declares nothing
  return not text:find "aw%.%l+%s*{"
end

-- afterward test --mutate: one word of one file is another, "ortho/rules.lua:120:>=:>".
local function changed(name, text)
  local file, at, from, to = (os.getenv "AFTERWARD_MUTATION" or ""):match "^(.-):(%d+):([^:]*):(.*)$"
  if file ~= name or text:sub(at, at + #from - 1) ~= from then return text end
  return text:sub(1, at - 1) .. to .. text:sub(at + #from)
end

local function collect(root, department, chosen)
  local files = {}
  for _, folder in ipairs { department, "shared" } do
    for _, path in ipairs(list_files(root .. "/" .. folder)) do
      local name = path:sub(#root + 2)
      local text = assert(read_file(path))
      if not chosen or chosen[name] or not name:find "%.lua$" or without_declarations(text) then files[name] = changed(name, text) end
    end
  end
  return files
end

-- Looking through takes longer than loading, and most worlds of a process have the same scripts: once is enough.
local looked = {}
local function is_new(department, files)
  local names, all = {}, { department }
  for name in pairs(files) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do all[#all + 1] = name .. "\0" .. files[name] end
  local key = table.concat(all, "\0")
  if looked[key] then return false end
  looked[key] = true
  return true
end

local function load_files(world, department, files, root)
  local ok, problems, why = world.core:load(department, files, is_new(department, files), root)
  if not ok then error(why .. "\n  " .. table.concat(problems, "\n  "), 0) end
end

local function load_department(world, root, department, chosen)
  load_files(world, department, collect(root, department, chosen), root)
end

-- Sources written in the spec itself: what lies in shared/ is every department's.
local function load_inline(world, sources)
  local departments = {}
  for name in pairs(sources) do
    local department = name:match "^([^/]+)/"
    assert(department, name .. ": a script lies in a department's folder, such as ortho/hip.lua")
    if department ~= "shared" then departments[department] = true end
  end
  for department in pairs(departments) do
    local files = { ["shared/calendar/cn.csv"] = read_file "scripts/shared/calendar/cn.csv" }
    for name, text in pairs(sources) do
      local own = read_file("scripts/" .. name) == text     -- the file itself, read by the spec
      if name:find("^" .. department .. "/") or name:find "^shared/" then files[name] = own and changed(name, text) or text end
    end
    load_files(world, department, files)
  end
end

local function load_scripts(world, scripts)
  if type(scripts) == "string" then scripts = { scripts } end
  local files, inline = {}, {}
  for name, text in pairs(scripts) do if type(name) == "string" then inline[name] = text end end
  load_inline(world, inline)
  for _, path in ipairs(scripts) do
    if path:find "%.lua$" then
      files[#files + 1] = path
    else                                                    -- a department's folder, whole
      local root, department = path:gsub("/$", ""):match "^(.*)/([^/]+)$"
      load_department(world, root, department)
    end
  end
  local _, departments, chosen = sources_of(files)
  for department, root in pairs(departments) do load_department(world, root, department, chosen) end
end

return load_scripts
