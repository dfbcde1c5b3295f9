-- Everything that loading or looking through scripts can find: the one list, code → what it
-- means. An error keeps the bundle from being activated; a warning can be accepted in place:
--   -- accept CODE: the reason
-- on the line itself or on the line before.
local list = {
  -- What loading refuses.
  { "load", "error", "a file is not Lua, or failed while it loaded" },
  { "not-looked-at", "warning", "a file requires one that does not load: what is in it is told when that one does" },
  { "unknown-call", "error", "p or f has no such call" },
  { "value", "error", "a key has a value that can't be meant" },
  { "missing-key", "error", "a key that must be there is not" },
  { "unknown-key", "error", "a key that nobody reads" },
  { "unknown-id", "error", "an id that nothing declares" },
  { "twice", "error", "an id declared twice" },
  { "misplaced", "error", "a declaration stands where it can't take effect" },
  { "not-returned", "error", "a declaration that its file does not return" },
  { "schedule", "error", "a step's times contradict each other" },
  { "plan", "error", "a cell of a plan table can't be meant" },
  { "phrases", "error", "a row of a list of phrases can't be meant" },
  { "item", "error", "an item of a form is wrong" },
  { "placeholder", "error", "a text's {placeholder} that nothing fills in" },
  { "approved", "error", "what a provider approved of a template does not fit its text" },
  { "tells", "error", "a text names a diagnosis that its reader may not know (WARD 1)" },
  { "no-file", "error", "a roster's or calendar's file is missing" },
  { "no-department", "error", "a folder declares no department" },
  -- What would run, and probably not as it was meant.
  { "endless", "warning", "a step goes on for ever" },
  { "overlap", "warning", "a step's occurrence may begin after the next one" },
  { "undeclared-field", "warning", "a template uses a field that it doesn't declare" },
  { "undefined-global", "warning", "a name that nothing stands behind" },
  { "set-global", "warning", "an assignment without local" },
  { "undefined-field", "warning", "p, f, a module or a library has no such field or call" },
  { "unknown-field", "warning", "a rule or a run reads an answer's field that no form asks for" },
  { "bad-call", "warning", "arguments that the call will refuse" },
  { "template-fields", "warning", "a send gives too few or other fields than its template has" },
  { "no-reminder", "warning", "a reminder that comes when it is over" },
  { "unmet-clock", "warning", "a time limit that runs out and no branch looks at it" },
  { "unset-state", "warning", "p:get of a key that no p:set keeps" },
  { "outer-variable", "warning", "a run assigns a top-level variable" },
  { "day-loop", "warning", "days of waiting in a loop inside one step" },
  { "unreachable", "warning", "a step or a statement that nothing comes to" },
  { "unchecked-answer", "warning", "an answer is used that may never come" },
  { "twice-used", "warning", "two tasks of one run share an id" },
  { "unjudged", "warning", "a form has no abnormal rule" },
  { "rule-fails", "warning", "a rule fails on an answer that the form allows" },
  { "may-tell", "warning", "a text on a page names what not every patient knows (WARD 1)" },
  { "unapproved", "warning", "a gateway takes approved texts only, or knows its variables otherwise: said by the daemon, which knows its channels" },
  { "sms-length", "warning", "a template is too long for one short message" },
  { "translation", "warning", "a text lacks a language that the department writes" },
  { "unused", "warning", "something declared that nothing uses" },
  { "unrouted-level", "warning", "an alert of a level that the department doesn't route" },
  { "unknown-role", "warning", "a post that is nearly, not quite, a roster's" },
  { "not-inspected", "warning", "the scripts are too large to be looked through" },
  { "acceptance", "warning", "a remark that accepts nothing, or doesn't say why" },
  { "unheard-event", "warning", "a watch on an observation that nothing gives" },
}

local findings = {}
for i, entry in ipairs(list) do
  list[i] = { code = entry[1], severity = entry[2], doc = entry[3] }
  findings[entry[1]] = list[i]
end

return { list = list, of = findings }
