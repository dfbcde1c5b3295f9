-- What Afterward shows by FHIR of its own work: forms, answers, messages, tasks and who is on which pathway.
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"
local wait = require "functional.support.wait"

local MORE = [[aw.form { id = "wound-check", title = { zh = "伤口", en = "Wound" },
    { id = "look", kind = "choice", zh = "伤口怎样？", en = "Wound?", options = { { "dry", zh = "干燥", en = "dry" }, { "wet", zh = "渗液", en = "wet" } } },
    { id = "since", kind = "date", zh = "从哪天？", en = "Since?", optional = true } },]]
local STEPS = [[aw.step { id = "ask", at = "1h", run = function(p)
    p:ask("check", { within = "30d" })
  end },
  aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "wound-check", due = "8h", note = "问伤口" } end },]]

describe("FHIR shows", function()
  randomize(false)
  local fhir, h, id
  local function get(...) return fhir:get(...) end
  local function one(path)
    return wait.till(path, function()
      local list = get(path).entry
      return list and list[1].resource
    end, 30)
  end
  setup(function()
    fhir = Fhir.open(nil, nil, { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS, MORE) } })
    h = fhir.h
    id = fhir:create("Patient", Fhir.patient(1)).id
    fhir:create("Encounter", fhir:stay(1, id, "finished", { period = fhir:over() }))
  end)
  teardown(function() fhir:close() end)

  it("forms as Questionnaires, to those who see the department", function()
    local shown = get("Questionnaire/w.wound-check")
    assert.same({ "active", "伤口", "choice", "渗液", false },
      { shown.status, shown.title, shown.item[1].type, shown.item[1].answerOption[2].valueCoding.display, shown.item[2].required })
    assert.equal(2, #get("Questionnaire").entry)
    assert.equal(1, #get("Questionnaire?_id=w.check").entry)
    assert.is_nil(get("Questionnaire", { token = "other" }).entry)
    fhir:refused(405, "not-supported", "POST", "Questionnaire", shown)
    fhir:refused(404, "not-found", "GET", "Questionnaire/w.nothing")
  end)

  it("an enrollment as a CarePlan", function()
    local plan = get("CarePlan?patient=" .. id .. "&status=active").entry[1].resource
    assert.same({ "随访", "plan", "Patient/" .. id }, { plan.title, plan.intent, plan.subject.reference })
    assert.matches("^Encounter/v", plan.encounter.reference)
    assert.is_nil(get("CarePlan?status=completed").entry)
  end)

  it("a message as what was asked for, and as what left", function()
    local left = one("Communication?patient=" .. id .. "&status=completed")
    assert.same({ "check", "sms", "Patient/" .. id }, { left.topic.text, left.medium[1].text, left.recipient[1].reference })
    assert.truthy(left.sent)
    local asked = get(left.basedOn[1].reference)
    assert.same({ "CommunicationRequest", "completed" }, { asked.resourceType, asked.status })
    assert.is_nil(require "dkjson".encode(left):find("体温", 1, true))
  end)

  it("an answer as a QuestionnaireResponse", function()
    local text = wait.till("the text is there", function() return h.gateway:to(Hospital.phone(1))[1] end, 30)
    assert.equal(200, (h:answer(Hospital.code(text), { temp = "39" })))
    local answer = one("QuestionnaireResponse?patient=" .. id)
    assert.same({ "completed", "temp", 39, "Patient/" .. id }, { answer.status, answer.item[1].linkId,
      answer.item[1].answer[1].valueDecimal, answer.source.reference })
    local form = get("Questionnaire/w.check")
    assert.equal(form.url .. "|" .. form.version, answer.questionnaire)
    assert.truthy(get("QuestionnaireResponse?authored=ge2026-03-02").entry)
    assert.is_nil(get("QuestionnaireResponse?authored=lt2026-03-02").entry)
  end)

  it("a task as it stands", function()
    local task = one("Task?patient=" .. id .. "&status=requested")
    assert.same({ "order", "call", "nurse", "问伤口", "Patient/" .. id },
      { task.intent, task.code.coding[1].code, task.performerType[1].text, task.description, task["for"].reference })
    local function deed(what, body)
      local _, _, got = h:call("GET", "/tasks/" .. task.id)
      local status, problem = h:call("POST", "/tasks/" .. task.id .. "/" .. what, body, { ["If-Match"] = got.etag })
      assert.equal(200, status, problem.detail)
    end
    deed "claim"
    local claimed = get("Task/" .. task.id)
    assert.same({ "in-progress", "chen" }, { claimed.status, claimed.owner.display })
    deed("done", { code = "done", answer = { look = "wet", since = "2026-03-01" } })
    local done = get("Task/" .. task.id)
    assert.equal("completed", done.status)
    local answers = get("QuestionnaireResponse?patient=" .. id).entry
    local given = answers[#answers].resource
    assert.same({ "look", "wet", "2026-03-01", "chen" }, { given.item[1].linkId, given.item[1].answer[1].valueCoding.code,
      given.item[2].answer[1].valueDate, given.author.display })
    assert.is_nil(get("Task?status=requested").entry)
  end)

  it("nothing of this to other departments", function()
    for _, type in ipairs { "CarePlan", "Communication", "CommunicationRequest", "QuestionnaireResponse", "Task" } do
      assert.truthy(get(type).entry)
      assert.is_nil(get(type, { token = "other" }).entry)
      fhir:refused(404, "not-found", "GET", type .. "/" .. get(type).entry[1].resource.id, nil, { token = "other" })
    end
  end)
end)
