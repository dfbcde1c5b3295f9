-- What the specs of messages share: a family of four and an orthopaedic department, without the rest of the engine.
local care = require "afterward.unit.care"

local DEFINITIONS = [[{
  "department": { "ortho": { "id": "ortho", "title": { "zh": "骨科", "en": "Orthopaedics" }, "via": ["sms"],
                             "budget": { "medicine": { "day": 1 }, "visit": { "day": 2 } },
                             "class_quiet_hours": { "marketing": "12:00-10:30" } } },
  "program": { "knee": { "id": "knee", "name": { "zh": "膝下生风" } },
               "gudong": { "id": "gudong", "name": { "zh": "骨动新生", "en": "Moving again" }, "color": "#ffd54a" },
               "lung": { "id": "lung", "name": { "zh": "肺癌随访" }, "discloses": true, "discreet": { "zh": "安心随访" } } },
  "form": { "chemo-day-3": { "id": "chemo-day-3" },
    "pain": { "id": "pain", "title": { "zh": "疼痛与活动", "en": "Pain and movement" } },
    "dressing": { "id": "dressing", "title": { "zh": "换药", "en": "Dressing" }, "approved": {
      "sms": { "id": "SMS_Q", "params": { "who": "patient.title", "what": "form", "c": "code" },
        "remind": { "id": "SMS_R", "params": { "what": "form" } } },
      "wechat": { "id": "TQ", "params": { "thing1": "form" }, "en": { "id": "TE", "params": { "thing1": "form" } } } } } },
  "template": {
    "hello": { "id": "hello", "text": { "zh": "{patient.title}您好，{what}，{hospital.phone}", "en": "Dear {patient.title}, {what}" } },
    "worded": { "id": "worded", "text": { "zh": "{patient.title}您好，请看{link}", "en": "See {link}" },
      "channels": { "wechat": { "zh": "请看", "en": "See" } } },
    "numbered": { "id": "numbered", "text": { "zh": "{patient.title}您好，{what}", "en": "Dear {patient.title}, {what}" },
      "approved": { "sms": { "id": "SMS_1", "params": { "name": "patient.title", "what": "what" } },
        "wechat": { "id": "T1", "params": ["what", "patient.title"], "en": { "id": "T2", "params": ["what", "patient.title"] } } } },
    "plain": { "id": "plain", "text": { "zh": "请拨120" } },
    "wrong": { "id": "wrong", "text": { "zh": "{nobody}" } },
    "tumour": { "id": "tumour", "text": { "zh": "肿瘤复查" }, "discloses": true },
    "chemo": { "id": "chemo", "text": { "zh": "化疗复查" }, "discloses": true, "discreet": { "zh": "请来院复查" } } } }]]

return function()
  -- 1 王建国 with a daughter 2 and a son 3; 9 survives him when merged
  local w = care.messages(DEFINITIONS)
  w:at "2026-03-02 10:00"
  w:batch(function()
    for person = 1, 9 do w:sql(("INSERT INTO person VALUES (%d,'%s')"):format(person, person == 1 and "patient" or "contact")) end
    w:sql "INSERT INTO patient (id,sex,disclosure,created_at) VALUES (1,'male','undecided',0), (9,'male','self',0)"
    w:sql [[INSERT INTO contact (patient,person,relation,position) VALUES (1,1,'self',1),(1,2,'child',2),(1,3,'child',3),(9,9,'self',1)]]
    w:sql [[INSERT INTO identity (id,person,kind,value,position) VALUES (11,1,'name','王建国',1),(12,1,'phone','13811110001',1),
      (13,1,'phone','13811110002',2),(21,2,'phone','13822220001',1),(31,3,'phone','13833330001',1),(91,9,'phone','13899990001',1),
      (92,9,'name','王建国',1)]]
    w:sql [[INSERT INTO enrollment (id,patient,department,pathway,status,event,enrolled_at,anchor_at,cursor_at)
      VALUES (5,1,'ortho','hip','active',1,0,0,0)]]
    w:sql [[INSERT INTO question (id,patient,enrollment,department,form,bundle,status,code,opened_at,expires_at)
      VALUES (6,1,5,'ortho','pain',1,'open','ABCD23',0,0)]]
  end)

  local function plan(spec)
    local id
    spec.patient = spec.patient or spec.kind ~= "page" and 1 or nil
    spec.fields = spec.fields or '{"what":"请按时服药"}'
    w:batch(function() id = w:plan(spec) end)
    return id
  end
  local function ask(more)
    local spec = { kind = "ask", class = "questionnaire", name = "pain", question = 6, enrollment = 5 }
    for key, value in pairs(more or {}) do spec[key] = value end
    return plan(spec)
  end
  local function change(sql) w:batch(function() w:sql(sql) end) end
  local function state(id)
    local status, reason = w:one("SELECT status, reason FROM message WHERE id=" .. id)
    return reason and status .. " " .. reason or status
  end
  local function due(id)
    return w:one("SELECT strftime('%m-%d %H:%M', at/1000+28800, 'unixepoch') FROM due WHERE kind=3 AND ref=" .. id)
  end
  local function sent(n) local list = w:sent() return n and (list[n] or {}) or #list end
  return { w = w, plan = plan, ask = ask, change = change, state = state, due = due, sent = sent }
end
