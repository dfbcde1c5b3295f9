-- Versions: a declaration's is the hash of its file, what that requires, shared/ and the ABI.
local host, use = ...
local words = use "words.lua"
local hashes = {}

local digests = {}
local function digest(path)                         -- a table saved in another encoding means the same
  local text = path:find "%.csv$" and host.plain or host.text
  digests[path] = digests[path] or host.digest(text(path))
  return digests[path]
end

local function combine(paths)
  local lines = { ("afterward %d"):format(host.abi) }
  for _, path in ipairs(paths) do lines[#lines + 1] = ("%s %s"):format(digest(path), path) end
  return host.digest(table.concat(lines, "\n"))
end

-- needs: path → set of paths it requires.
local function closure(path, needs, set)
  if set[path] then return set end
  set[path] = true
  for _, needed in ipairs(words.keys(needs[path] or {})) do closure(needed, needs, set) end
  return set
end

-- used: of hashes.used.
function hashes.of_file(path, needs, used)
  local set = closure(path, needs, {})
  for _, other in ipairs(used) do
    if other:find "^shared/.*%.lua$" then set[other] = true end
  end
  return combine(words.keys(set))
end

-- The files that a bundle is made of: all of the department's, what they require of shared/, and what lies there and
-- declares something, which is every department's. declaring: set of paths.
function hashes.used(needs, declaring)
  local set = {}
  for _, path in ipairs(host.paths) do
    if not path:find "^shared/.*%.lua$" or declaring[path] then closure(path, needs, set) end
  end
  return words.keys(set)
end

-- Rules that a file and what it requires ask for by name: p:rule "x", f:rule("x").
function hashes.rules_of(path, needs)
  local set = {}
  for needed in pairs(closure(path, needs, {})) do
    for id in host.text(needed):gmatch "[:.]rule%s*%(?%s*[\"']([%w_.-]+)[\"']" do set[id] = true end
  end
  return words.keys(set)
end

function hashes.whole(paths) return combine(paths) end

return hashes
