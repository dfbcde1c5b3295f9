-- Reads Lua's grammar from tokens into a tree, with every name bound to its variable. What the
-- findings look for stands in flat lists beside the tree, in the order of the text:
--   functions calls indexes stores globals variables blocks
-- A node has kind and at, the byte where it begins. A call, an index and a store also have the
-- function and the block that they stand in. Raises on what is no Lua.
local BINARY = {                                    -- how strongly to the left, to the right
  ["or"] = { 1, 1 }, ["and"] = { 2, 2 }, ["<"] = { 3, 3 }, [">"] = { 3, 3 }, ["<="] = { 3, 3 }, [">="] = { 3, 3 },
  ["~="] = { 3, 3 }, ["=="] = { 3, 3 }, ["|"] = { 4, 4 }, ["~"] = { 5, 5 }, ["&"] = { 6, 6 }, ["<<"] = { 7, 7 },
  [">>"] = { 7, 7 }, [".."] = { 9, 8 }, ["+"] = { 10, 10 }, ["-"] = { 10, 10 }, ["*"] = { 11, 11 }, ["/"] = { 11, 11 },
  ["//"] = { 11, 11 }, ["%"] = { 11, 11 }, ["^"] = { 14, 13 },
}
local UNARY, UNARY_STRENGTH = { ["not"] = true, ["-"] = true, ["#"] = true, ["~"] = true }, 12
local PLAIN = { string = true, number = true, ["true"] = true, ["false"] = true, ["nil"] = true, ["..."] = true }
local BLOCK_ENDS = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true, ["end of file"] = true }

local Parser = {}
Parser.__index = Parser

function Parser:peek() return self.kinds[self.i] end
function Parser:where() return self.ats[self.i] end

function Parser:fail(wanted) error(("%s expected near %s"):format(wanted, self:peek()), 0) end

function Parser:take(kind)
  if self.kinds[self.i] ~= kind then self:fail(kind) end
  self.i = self.i + 1
  return self.says[self.i - 1]
end

function Parser:has(kind)
  if self.kinds[self.i] ~= kind then return false end
  self.i = self.i + 1
  return true
end

-- Scopes and variables.

function Parser:declare(name, at, what)
  local variable = { name = name, at = at, fn = self.fn, block = self.block, what = what, reads = 0, sets = {}, values = {} }
  self.scope.names[name] = variable
  table.insert(self.file.variables, variable)
  return variable
end

function Parser:find(name)
  local scope = self.scope
  while scope do
    if scope.names[name] then return scope.names[name] end
    scope = scope.up
  end
end

function Parser:open(block)
  block.up, block.fn = self.block, self.fn
  table.insert(self.file.blocks, block)
  self.block, self.scope = block, { names = {}, up = self.scope }
end

function Parser:close() self.block, self.scope = self.block.up, self.scope.up end

function Parser:node(list, node)
  node.fn, node.block = self.fn, self.block
  table.insert(self.file[list], node)
  return node
end

-- Expressions.

local function test(node)                           -- a name whose truth is asked
  if node and node.kind == "name" and node.variable then
    node.variable.tested = math.min(node.variable.tested or math.huge, node.at)
  end
end

function Parser:name()
  local at, name = self:where(), self:take "name"
  local variable = self:find(name)
  local node = { kind = "name", name = name, at = at, variable = variable }
  if variable then
    variable.reads = variable.reads + 1
  else
    self:node("globals", node)
  end
  return node
end

function Parser:table()
  local node = { kind = "table", at = self:where(), items = {} }
  self:take "{"
  while self:peek() ~= "}" do
    local item = { at = self:where() }
    if self:has "[" then
      item.key = self:expression()
      self:take "]"
      self:take "="
      if item.key.kind == "string" then item.name = item.key.value end
    elseif self:peek() == "name" and self.kinds[self.i + 1] == "=" then
      item.name = self:take "name"
      self:take "="
    end
    item.value = self:expression()
    if item.value.kind == "function" then item.value.name = item.name end
    table.insert(node.items, item)
    if not (self:has "," or self:has ";") then break end
  end
  self:take "}"
  return node
end

function Parser:arguments()
  if self:peek() == "string" then return { self:simple() } end
  if self:peek() == "{" then return { self:table() } end
  self:take "("
  local list = {}
  if self:peek() ~= ")" then list = self:expressions() end
  self:take ")"
  return list
end

local CALLS = { ["("] = true, ["{"] = true, string = true }

function Parser:suffixed()
  local at = self:where()
  local node
  if self:has "(" then
    node = { kind = "paren", at = at, inner = self:expression() }
    self:take ")"
  else
    node = self:name()
  end
  while true do
    local kind = self:peek()
    if kind == "." or kind == "[" then
      self.i = self.i + 1
      local key
      if kind == "." then
        key = { kind = "string", at = self:where(), value = self:take "name" }
      else
        key = self:expression()
        self:take "]"
      end
      node = self:node("indexes", { kind = "index", at = at, object = node, key = key })
    elseif kind == ":" then
      self.i = self.i + 1
      local name_at, name = self:where(), self:take "name"
      node = self:node("calls", { kind = "method", at = at, object = node, name = name, name_at = name_at,
        arguments = self:arguments() })
    elseif CALLS[kind] then
      node = self:node("calls", { kind = "call", at = at, callee = node, arguments = self:arguments() })
      if node.callee.kind == "name" and node.callee.name == "assert" then test(node.arguments[1]) end
    else
      return node
    end
  end
end

function Parser:simple()
  local kind, at = self:peek(), self:where()
  if PLAIN[kind] then
    self.i = self.i + 1
    return { kind = kind, at = at, value = self.says[self.i - 1] }
  elseif kind == "{" then
    return self:table()
  elseif kind == "function" then
    self.i = self.i + 1
    return self:func(at)
  elseif kind == "name" or kind == "(" then
    return self:suffixed()
  end
  self:fail "an expression"
end

function Parser:expression(limit)
  local at = self:where()
  local left
  if UNARY[self:peek()] then
    local sign = self:peek()
    self.i = self.i + 1
    left = { kind = "unary", sign = sign, at = at, inner = self:expression(UNARY_STRENGTH) }
    if sign == "not" then test(left.inner) end
  else
    left = self:simple()
  end
  while true do
    local sign = self:peek()
    local strength = BINARY[sign]
    if not strength or strength[1] <= (limit or 0) then return left end
    self.i = self.i + 1
    local right = self:expression(strength[2])
    if sign == "and" or sign == "or" or sign == "==" or sign == "~=" then test(left) end
    left = { kind = "binary", sign = sign, at = at, left = left, right = right }
  end
end

function Parser:expressions()
  local list = {}
  repeat table.insert(list, self:expression()) until not self:has ","
  return list
end

-- A function's parameters and body, after the word `function` at `at`.
function Parser:func(at, method)
  local node = { kind = "function", at = at, parameters = {}, returns = {}, fn = self.fn, block = self.block }
  table.insert(self.file.functions, node)
  local outer = self.fn
  self.fn = node
  self:open { kind = "function", at = at }
  if method then table.insert(node.parameters, self:declare("self", at, "parameter")) end
  self:take "("
  while self:peek() ~= ")" do
    if self:has "..." then node.open = true break end
    local here = self:where()
    table.insert(node.parameters, self:declare(self:take "name", here, "parameter"))
    if not self:has "," then break end
  end
  self:take ")"
  self:block_body()
  node.last = self:where()
  self:take "end"
  self:close()
  self.fn = outer
  return node
end

-- Statements.

-- value i of a list of expressions: the expression, and which of its results.
local function value_of(list, i)
  local last = #list
  if i <= last then return list[i], 1 end
  return list[last], i - last + 1
end

local function keep_values(variables, list)
  for i, variable in ipairs(variables) do
    local node, result = value_of(list, i)
    table.insert(variable.values, { node = node, result = result })
  end
end

local statement = {}

statement["local"] = function(self)
  if self:has "function" then
    local at, name = self:where(), self:take "name"
    local variable = self:declare(name, at, "function")
    table.insert(variable.values, { node = self:func(at), result = 1 })
    return
  end
  local names, list = {}, {}
  repeat
    local at = self:where()
    table.insert(names, { name = self:take "name", at = at })
    if self:has "<" then
      self:take "name"
      self:take ">"
    end
  until not self:has ","
  if self:has "=" then list = self:expressions() end
  local variables = {}
  for i, entry in ipairs(names) do variables[i] = self:declare(entry.name, entry.at, "local") end
  keep_values(variables, list)
end

statement["function"] = function(self, at)
  local node, method = self:name(), false
  while self:peek() == "." or self:peek() == ":" do
    method = self:has ":"
    if not method then self:take "." end
    local key = { kind = "string", at = self:where(), value = self:take "name" }
    node = { kind = "index", at = node.at, object = node, key = key, fn = self.fn, block = self.block }
  end
  self:store(node, { node = self:func(at, method), result = 1 })
end

statement["if"] = function(self, at)
  local fork = { at = at }
  repeat
    test(fork.condition)
    fork.condition = self:expression()
    test(fork.condition)
    self:take "then"
    self:block_of { kind = "if", at = at, fork = fork }
  until not self:has "elseif"
  if self:has "else" then self:block_of { kind = "if", at = at, fork = fork } end
  self:take "end"
end

statement["while"] = function(self, at)
  local condition = self:expression()
  test(condition)
  self:take "do"
  self:block_of { kind = "while", at = at, loop = "while", for_ever = condition.kind == "true" }
  self:take "end"
end

statement["repeat"] = function(self, at)
  self:open { kind = "repeat", at = at, loop = "repeat" }
  self:block_body()
  self:take "until"
  test(self:expression())
  self:close()
end

statement["do"] = function(self, at)
  self:block_of { kind = "do", at = at }
  self:take "end"
end

statement["for"] = function(self, at)
  local names = {}
  repeat
    local here = self:where()
    table.insert(names, { self:take "name", here })
  until not self:has ","
  local what = self:has "=" and "number" or self:take "in" and "list"
  local list = self:expressions()
  self:take "do"
  self:open { kind = "for", at = at, loop = "for" }
  for i, entry in ipairs(names) do
    local variable = self:declare(entry[1], entry[2], "for")
    variable.loop = { what = what, list = list, position = i }
  end
  self:block_body()
  self:close()
  self:take "end"
end

statement["return"] = function(self, at)
  local list = {}
  if not BLOCK_ENDS[self:peek()] and self:peek() ~= ";" then list = self:expressions() end
  self:has ";"
  table.insert(self.fn.returns, { at = at, values = list })
  self.block.leaves = true
end

statement["break"] = function(self)
  self.block.leaves = true
  local block = self.block
  while block and not block.loop do block = block.up end
  if block then block.broken = true end
end

statement["goto"] = function(self)
  self:take "name"
  self.file.jumps = true
end

statement["::"] = function(self)
  self:take "name"
  self:take "::"
  self.file.jumps = true
end

statement[";"] = function() end

-- A target of an assignment gets a value.
function Parser:store(target, value)
  if target.kind == "name" then
    local variable = target.variable
    if variable then
      variable.reads = variable.reads - 1
      table.insert(variable.sets, { at = target.at, fn = self.fn, block = self.block })
      table.insert(variable.values, value)
    else
      target.set = true
    end
  else
    target.set = true
    self:node("stores", { kind = "store", at = target.at, target = target, value = value.node })
  end
end

function Parser:plain_statement()
  local node = self:suffixed()
  if node.kind == "call" or node.kind == "method" then
    node.statement = true
    return node
  end
  local targets = { node }
  while self:has "," do table.insert(targets, self:suffixed()) end
  self:take "="
  local list = self:expressions()
  for i, target in ipairs(targets) do
    local value, result = value_of(list, i)
    self:store(target, { node = value, result = result })
  end
end

function Parser:block_body()
  local block = self.block
  block.list = {}
  while not BLOCK_ENDS[self:peek()] do
    local kind, at = self:peek(), self:where()
    if kind ~= ";" then table.insert(block.list, { at = at }) end
    if statement[kind] then
      self.i = self.i + 1
      statement[kind](self, at)
    else
      block.list[#block.list].call = self:plain_statement()
    end
    if kind == "return" then break end
  end
end

function Parser:block_of(block)
  self:open(block)
  self:block_body()
  self:close()
end

return function(tokens)
  local file = { functions = {}, calls = {}, indexes = {}, stores = {}, globals = {}, variables = {},
    blocks = {} }
  local main = { kind = "main", at = 1, parameters = {}, returns = {} }
  local parser = setmetatable({ kinds = tokens.kinds, says = tokens.says, ats = tokens.ats, i = 1, file = file, fn = main },
    Parser)
  parser:open { kind = "main", at = 1 }
  parser:block_body()
  if parser:peek() ~= "end of file" then parser:fail "the end of the file" end
  file.main = main
  return file
end
