-- Clocks of a run (`within`) that no branch meets: nothing looks whether they ran out, or the enrollment is over before.
local host, use = ...
local words = use "words.lua"

local function span_of(node)
  return node and node.kind == "string" and host.span(node.value) or nil
end

local function within_of(call)
  local options = call.arguments[2]
  for _, item in ipairs(options and options.kind == "table" and options.items or {}) do
    if item.name == "within" then return item.value end
  end
end

-- An asking's clock also closes the question and counts as a silence; a wait's does nothing else.
local function check_looked_at(world)
  world.each_call(function(call, file, object)
    local within = object and object.kind == "run" and call.name == "wait" and call.statement and within_of(call)
    if within then
      world.report("unmet-clock", file, within.at, "nothing looks whether this ran out: the run goes on the same; test what "
        .. "p:wait gives, as in `if not p:wait(…) then`")
    end
  end)
end

-- The last moment, from the anchor, at which a step may begin, and its text; nil when the text doesn't tell.
local function last_of(step)
  local list = type(step.at) == "table" and step.at or { step.at or step.to }
  local last, said
  for _, text in ipairs(list) do
    local ms = type(text) == "string" and host.span(text)
    if ms and ms >= (last or 0) then last, said = ms, text end
  end
  return last, said
end

local function check_step(world, fn, file, step, pathway, ends)
  local last, said = last_of(step)
  if not last then return end
  for _, call in ipairs(fn.calls) do
    local object = call.kind == "method" and (call.name == "ask" or call.name == "wait") and world.infer:type_of(call.object, file)
    local within = object and object.kind == "run" and within_of(call)
    local ms = span_of(within or nil)
    if ms and last + ms > ends then
      world.report("unmet-clock", file, within.at, ("from %s on, within %s runs past the pathway's end (%s): no branch meets it then; let "
        .. "the pathway end later, or wait less"):format(words.show(said), words.show(within.value), pathway.ends))
    end
  end
end

local function check_ends(world)
  for _, root in ipairs(world.infer.roots) do
    local step_id = root.place.kind == "step" and root.place.name:match "^step/[^/]+/([^/]+)/run$"
    local pathway = step_id and (world.definitions.pathway or {})[root.place.id]
    local ends = pathway and pathway.ends and host.span(pathway.ends)
    for _, step in ipairs(ends and pathway.steps or {}) do
      if step.id == step_id then check_step(world, root.fn, root.file, step, pathway, ends) end
    end
  end
end

return function(world)
  if not world.loaded then return end
  check_looked_at(world)
  check_ends(world)
end
