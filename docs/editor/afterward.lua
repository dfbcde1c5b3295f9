---@meta afterward
-- Written by ./dev docs from engine/script/api.lua. For editors with lua-language-server.
-- luacheck: ignore

---@alias afterward.Text string|{ zh: string, en?: string }
---@class afterward.Declaration

---@class afterward.Patient
---@field age any years; nil when unknown
---@field dialect any what is spoken at home
---@field disclosure any who knows the diagnosis: self, family or undecided
---@field inpatient any in a bed now
---@field language any zh or en
---@field sex any female, male or unknown
---@field stays any how many there were
---@class afterward.Event
---@field at any ms
---@field kind any of event
---@field value any of an observation
---@field [string] any
---@class afterward.Answer
---@field at any ms
---@field by any who answered
---@field flag any what the rule gave
---@field score any sum of points, for rules too; nil when the form gives none
---@field [string] any an item, by its id

---@class afterward.approved_keys
---@field id string the provider's number of the text
---@field params? any what its variables stand for: a list in their order, or name → placeholder
---@field en? afterward.approved_en_keys the same of the English text; without it everybody gets the Chinese one

---@class afterward.approved_en_keys
---@field id string the provider's number of the text
---@field params? any what its variables stand for

---@class afterward.approved_form_keys
---@field id string the provider's number of the question
---@field params? any what its variables stand for, also {form}, the form's title: a list in their order, or name → placeholder
---@field en? afterward.approved_en_keys the same of the English question; without it everybody gets the Chinese one
---@field remind? afterward.approved_keys the same of the reminder; the question's when absent

---@class afterward.budget_keys
---@field day? integer contacts a day
---@field week? integer contacts a week

---@class afterward.consult_keys
---@field zh? string words on the link
---@field en? string the same in English
---@field url? string an online consultation, https://…
---@field phone? string or a number that answers
---@field role? string the post that rings back when asked; `nurse` when absent
---@field due? string within so much of its working time; `4h` when absent

---@class afterward.enroll_keys
---@field on string|string[] what may bring a patient in
---@field department? string|string[] the stay's department, one of these
---@field procedure? string|string[] codes by their beginning or parts of names, one of these
---@field diagnosis? string|string[] the same of diagnoses
---@field drug? string|string[] the same of drugs
---@field where? fun(f: afterward.Facts): any facts → whether this one
---@field again? "ignore"|"restart"|"both" when the patient is already in; `ignore` when absent

---@class afterward.level_keys
---@field page string|string[] role or roles
---@field via? string[] channels, all at once
---@field ack_within string then the next level
---@field hours? string outside them this level is passed over

---@class afterward.rollout_keys
---@field percent? integer so many of a hundred, always the same ones
---@field ward? string[] only those who left one of these wards

---@class afterward.rung_keys
---@field [1] string the channel, or `call`: a call task with the same form
---@field within? string its time for an answer (of a send: a receipt) from when the channel took it; once more when the form is opened
---@field to? "patient"|"family" whom; `as the call says` when absent
---@field role? string of `call`: the post that rings; `nurse` when absent
---@field due? string of `call`: within so much of its working time; `8h` when absent

---@class afterward.section_keys
---@field id string greeting, professional, care
---@field minutes? integer planned length
---@field zh string Chinese text
---@field en? string English text
---@field must_ask? boolean the caller ticks it off

---@class afterward.wording_keys
---@field zh string Chinese text
---@field en? string English text

---@class afterward.department_keys
---@field id string the folder's name
---@field title afterward.Text what people read on screens
---@field zone? string where its clocks hang; `Asia/Shanghai` when absent
---@field calendar? string its working time, for bd and bh; `cn` when absent
---@field alerts? table<string, string> alert level → escalation
---@field overdue? string who hears of overdue tasks
---@field contact_windows? string when patients may be contacted; `09:00-11:30,15:00-17:30,18:30-20:00` when absent
---@field quiet_hours? string when no message leaves, in the patient's zone; `21:00-08:00` when absent
---@field via? string[] order of channels when a call names none; `{ "wechat", "sms" }` when absent
---@field elder_age? integer from this age on a patient who wants nothing else is told by text or telephone first; `75` when absent
---@field budget? table<string, afterward.budget_keys> message class → contacts allowed to one patient
---@field phone? string the number that patients may ring
---@field prove_numbers? string role that is given a task when a patient leaves and no number is proved (afterward prove)
---@field gate? "specs" the specs in its folder spec/ must pass before a new bundle is activated
---@field activate? "manual" a new bundle waits until somebody says: afterward activate

---@class afterward.program_keys
---@field id string its name in scripts
---@field name afterward.Text what patients read
---@field color? string of pages, as #rrggbb
---@field slogan? afterward.Text under the name
---@field logo? string a picture as SVG text: <svg …>…</svg>, on pages and cards
---@field phone? string the number that patients may ring
---@field consult? afterward.consult_keys how to ask a person, shown beside the advice after an abnormal answer
---@field phone_script? afterward.Text|afterward.section_keys[] what callers read out, whole or in sections
---@field discloses? boolean names a diagnosis: only for patients who know theirs (WARD 1)
---@field discreet? afterward.Text what the others read instead; without it they get nothing that discloses

---@class afterward.calendar_keys
---@field id string its name in scripts
---@field hours table<string, string> days → hours: { ["mon-fri"] = "08:00-12:00,13:30-17:30" }
---@field holidays? string "cn" (shared/calendar/cn.csv, which a hospital replaces), or a CSV of the department's own: date,kind,name with kind off, work (a make-up working day) or festival; without any no day is a holiday

---@class afterward.roster_keys
---@field role string the duty post
---@field file string CSV: from,to,staff
---@field backup? string|string[] post to page when nobody is on the roster
---@field calendar? string the post's working time; the department's when absent

---@class afterward.escalation_keys
---@field id string its name in scripts
---@field levels afterward.level_keys[] rungs; the last repeats: of what is soon or stuck once an hour, a page to a post for all of it
---@field act_within? string acknowledged without a recorded act: starts again one level up
---@field hours? string when it pages at all; else it waits for the first of these hours

---@class afterward.rule_keys
---@field id string its name in scripts
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field run fun(a: afterward.Answer, ...: any): any run(a) → nil or { level, reason, advice }, or what result says
---@field result? "flag"|"number"|"text"|"boolean"|"list" what it gives; `flag` when absent

---@class afterward.form_keys
---@field id string its name in scripts
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field abnormal? string judges each answer
---@field discloses? boolean names a diagnosis: only for patients who know theirs (WARD 1)
---@field discreet? afterward.Text what the others read instead; without it they get nothing that discloses
---@field class? "general"|"questionnaire"|"medicine"|"visit"|"education"|"safety"|"marketing" which budget asking counts in; `questionnaire` when absent
---@field approved? table<string, afterward.approved_form_keys> channel → the question as its provider approved it; what goes there then
---@field [integer] table an item: { id, kind, zh, … }

---@class afterward.template_keys
---@field id string its name in scripts
---@field class? "general"|"questionnaire"|"medicine"|"visit"|"education"|"safety"|"marketing" which budget it counts in; `general` when absent
---@field fields? string[] what `fields` of send must give
---@field zh string Chinese text
---@field en? string English text
---@field channels? table<string, afterward.wording_keys> channel → other words on it
---@field approved? table<string, afterward.approved_keys> channel → the text as its provider approved it; what goes there then
---@field discloses? boolean names a diagnosis: only for patients who know theirs (WARD 1)
---@field discreet? afterward.Text what the others read instead; without it they get nothing that discloses

---@class afterward.pathway_keys
---@field id string its name in scripts
---@field program string the brand it goes under
---@field title afterward.Text what people read on screens
---@field enroll afterward.enroll_keys who comes in, and when
---@field anchor? "discharge"|"admission"|"surgery"|"appointment"|"enrollment" what times count from; `enrollment` when absent
---@field tier? fun(f: afterward.Facts): string? facts → word of risk; evaluated after each turn and event
---@field steps afterward.Declaration[] the schedule
---@field watches? afterward.Declaration[] live as long as the enrollment
---@field ends? string the enrollment is over this long after the anchor
---@field rollout? afterward.rollout_keys this version is tried on some enrollments first

---@class afterward.step_keys
---@field id string unique in its pathway
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field at? string|string[] offset or list of offsets from the anchor, back from it "-3d 09:00", or "enroll"
---@field every? string|table<string, string> how often, or tier → how often; a tier not named has none
---@field from? string first day of `every`
---@field to? string last day of `every`, inclusive
---@field count? integer how many occurrences at most
---@field valid_for? string how late it may still begin, also for a patient who comes in late; unless said, until the next for every, for ever for at, and what was due before the enrollment is past
---@field missed? string role that is given occurrences that came due and could not begin in time
---@field run fun(p: afterward.Run) the body: run(p)

---@class afterward.watch_keys
---@field id string its name in scripts
---@field on string|string[] what makes it look
---@field where? fun(f: afterward.Facts): any facts → flag; what is true is handed to run
---@field clear? function facts → whether it may fire again; when absent it may once `where` no longer holds
---@field rearm? string fires again after so long although `where` has held all the time
---@field run fun(p: afterward.Run, flag: any) run(p, flag)

---@class afterward.triage_keys
---@field id string its name in scripts
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field program? string the brand it answers under; `the department's first` when absent
---@field on "web"|"qr"|"hotline"|"counter"|"letter"|"sms"|"wechat"|"review"|"survey"|"external"[] the channels it listens to
---@field where? function facts → whether this one; the first triage that says so has it
---@field classify? table<string, any> field → its list or lists of phrases: stage, type, nature, urgency, topic, faq
---@field tier? function facts → word: which clocks, how urgent; `general` when absent
---@field route? string|function CSV stage,type,ward,lead,joint, or facts → lead, list of others
---@field receiver? string who stays responsible for what nobody received in person; `patient-relations` when absent
---@field clocks? function facts → list of clocks: { name, span, from =, joint =, extend =, pauses = }
---@field at_risk? number share of a clock's span after which it is warned of; `0.75` when absent
---@field levels? integer how often it may be reopened, one level up each time; `4` when absent
---@field run function the body: run(c)

---@class afterward.job_keys
---@field id string its name in scripts
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field at string|string[] when, in the department's zone: "mon 08:00", "mon-fri 17:00", "08:00"
---@field run fun(j: afterward.Run) run(j)

---@class afterward.alert_alert
---@field id string its name
---@field level string severity: a key of the department's alerts
---@field reason string why, in words

---@class afterward.ask_options
---@field to? "patient"|"family"|"sender" whom; `patient; in a case the sender` when absent
---@field via? (string|afterward.rung_keys)[] channels in turn, or rungs with a time for each: { { "wechat", within = "2h" }, { "sms", within = "1d" }, "call" }; `the department's` when absent
---@field together? boolean all channels at once
---@field within? string waits this long at most
---@field valid_for? string how long it may be held back (quiet hours, budget, a channel that is down); then it is suppressed; `the step's` when absent
---@field remind? string again after this silence
---@field fields? table<string, string|number|boolean|table> what the text's placeholders need; { zh =, en = } is said in the reader's language
---@field options? table<string, table> item → choices offered this time: { { value =, zh =, en = }, … }
---@field pauses? string case only: clocks stand still, for this reason

---@class afterward.read_options
---@field within? string not older
---@field since? integer from this ms on
---@field last? integer only these many
---@field each? "day" the last one of each day: 32 days however dense the series

---@class afterward.send_options
---@field to? "patient"|"family"|"sender" whom; `patient; in a case the sender` when absent
---@field via? (string|afterward.rung_keys)[] channels in turn, or rungs with a time for each: { { "wechat", within = "2h" }, { "sms", within = "1d" }, "call" }; `the department's` when absent
---@field together? boolean all channels at once
---@field valid_for? string how long it may be held back (quiet hours, budget, a channel that is down); then it is suppressed; `the step's` when absent
---@field fields? table<string, string|number|boolean|table> what the text's placeholders need; { zh =, en = } is said in the reader's language

---@class afterward.task_task
---@field id string its name in this run
---@field role string duty post or person
---@field form? string what is filled in
---@field due? string|integer in the role's working time
---@field note? string what the person reads

---@class afterward.wait_options
---@field within? string waits this long at most

---@class afterward.Run
---@field about any true when the patient is known
---@field anchor any ms
---@field anonymous any nobody's name
---@field because any the phrases that said so
---@field channel any how it came
---@field day any local date
---@field event afterward.Event what started it
---@field faq any the ready answer
---@field figures any of the department: open_tasks, overdue_tasks, open_alerts; of the last 7 days asked, answered, silent
---@field joint any list of the others
---@field lead any duty post that answers
---@field level any 1, one more each time it is reopened
---@field levels any how many there are
---@field nature any complaint, praise, suggestion, question
---@field number any what the sender is told
---@field pathway any pathway id
---@field patient afterward.Patient
---@field receiver any who stays responsible
---@field round any of clocks
---@field score any of the form that led here
---@field stage any of the visit
---@field stars any 1 to 5
---@field stay any true when the stay is known
---@field step any step id
---@field text any what was written
---@field tier any word of risk
---@field topic any of a question
---@field type any what it is about
---@field urgency any danger, dispute …
---@field ward any where
---@field flag any what a watch's where gave
local Run = {}

---Tells the department; the same open id joins
---@param alert afterward.alert_alert see the keys
function Run:alert(alert) end

---Puts a question; one open per enrollment and form, asking again adds a rung
---@param form string which
---@param options? afterward.ask_options see the keys
---@return afterward.Answer? answer
---@return string? why
function Run:ask(form, options) end

---True for runs begun after this edit of the script
---@param id string a name for the edit, in quotes: it is looked for in the version that a run began with
---@return boolean
function Run:changed(id) end

---Ends the case; a complaint on which nobody has worked goes to its receiver instead (WARD 4)
---@param reason string how it ended, in a word
function Run:close(reason) end

---When a clock of the case is due
---@param clock string its name
---@return any
function Run:due(clock) end

---How long a role's queue takes
---@param role string which
---@return string? span
---@return string? why
function Run:estimate(role) end

---State of the enrollment, case, patient or job
---@param key string which
---@return any
function Run:get(key) end

---The answer says which stay the case is about
---@param answer table with ward and when
function Run:link(answer) end

---A clock of the case is met
---@param clock string its name
function Run:met(clock) end

---Writes into the patient's timeline, or into what is shown of a job's run
---@param text string what
function Run:note(text) end

---The time of this turn
---@return integer
function Run:now() end

---Observations of a code, oldest first, 32 at most; of `enrollments` the live ones { pathway, tier, since }, of `appointments` those since a week ago { id, at, department, status }, of `deliveries` what was told { delivery, place, status }
---@param code string which
---@param options? afterward.read_options see the keys
---@return any
function Run:read(code, options) end

---A new round with clocks of its own, one level up
---@param reason string why, in words
---@return any
function Run:reopen(reason) end

---Asks the newest version of a rule, whose random numbers are its own
---@param id string which
---@param ... any handed to it, as many as there are
---@return any
function Run:rule(id, ...) end

---Tells one person one thing
---@param template string which
---@param options? afterward.send_options see the keys
---@return integer? ms
---@return string? why
function Run:send(template, options) end

---Keeps state
---@param key string which
---@param value? any nil forgets
function Run:set(key, value) end

---Unanswered askings in a row
---@param form string which
---@return number
function Run:silences(form) end

---Ends the enrollment
---@param reason string why, in words
function Run:stop(reason) end

---Gives a duty post work; the same open id is joined
---@param task afterward.task_task see the keys
---@return string id
function Run:task(task) end

---The moment of a time expression
---@param when string|integer which
---@param base? integer counted from; now when absent
---@return integer
function Run:time(when, base) end

---Sleeps until a time, the next event since the run began, or the end of a task
---@param what string|string|string time, event or task id
---@param options? afterward.wait_options see the keys
---@return any
---@return string? why
function Run:wait(what, options) end

---@class afterward.Facts
---@field about any true when the patient is known
---@field anchor any ms
---@field anonymous any nobody's name
---@field because any the phrases that said so
---@field channel any how it came
---@field event afterward.Event what happened
---@field faq any the ready answer
---@field joint any list of the others
---@field lead any duty post that answers
---@field level any 1, one more each time it is reopened
---@field levels any how many there are
---@field nature any complaint, praise, suggestion, question
---@field number any what the sender is told
---@field pathway any pathway id
---@field patient afterward.Patient
---@field receiver any who stays responsible
---@field round any of clocks
---@field score any of the form that led here
---@field stage any of the visit
---@field stars any 1 to 5
---@field stay any true when the stay is known
---@field text any what was written
---@field tier any word of risk
---@field topic any of a question
---@field type any what it is about
---@field urgency any danger, dispute …
---@field ward any where
local Facts = {}

---State of the enrollment, case, patient or job
---@param key string which
---@return any
function Facts:get(key) end

---Observations of a code, oldest first, 32 at most; of `enrollments` the live ones { pathway, tier, since }, of `appointments` those since a week ago { id, at, department, status }, of `deliveries` what was told { delivery, place, status }
---@param code string which
---@param options? afterward.read_options see the keys
---@return any
function Facts:read(code, options) end

---Asks the newest version of a rule, whose random numbers are its own
---@param id string which
---@param ... any handed to it, as many as there are
---@return any
function Facts:rule(id, ...) end

---@class afterward.Event
local Event = {}

---True when a code begins with one of these, or a name contains one.
---@param ... string
---@return boolean
function Event:has_procedure(...) end

---True when a code begins with one of these, or a name contains one.
---@param ... string
---@return boolean
function Event:has_diagnosis(...) end

---True when a code begins with one of these, or a name contains one.
---@param ... string
---@return boolean
function Event:has_order(...) end

---True when a code begins with one of these, or a name contains one.
---@param ... string
---@return boolean
function Event:has_drug(...) end

local aw = {}

---One per folder: where its alerts go, its hours and limits
---@param keys afterward.department_keys
---@return afterward.Declaration
function aw.department(keys) end

---The brand that patients see
---@param keys afterward.program_keys
---@return afterward.Declaration
function aw.program(keys) end

---Working time
---@param keys afterward.calendar_keys
---@return afterward.Declaration
function aw.calendar(keys) end

---Who holds a duty post, from a file
---@param keys afterward.roster_keys
---@return afterward.Declaration
function aw.roster(keys) end

---Who is paged, in turn, until somebody acts
---@param keys afterward.escalation_keys
---@return afterward.Declaration
function aw.escalation(keys) end

---Pure function of an answer
---@param keys afterward.rule_keys
---@return afterward.Declaration
function aw.rule(keys) end

---Questions; the engine judges every answer by the form's rule
---@param keys afterward.form_keys
---@return afterward.Declaration
function aw.form(keys) end

---Text of a message
---@param keys afterward.template_keys
---@return afterward.Declaration
function aw.template(keys) end

---A schedule of steps for patients who qualify
---@param keys afterward.pathway_keys
---@return afterward.Declaration
function aw.pathway(keys) end

---One entry of a pathway's schedule
---@param keys afterward.step_keys
---@return afterward.Declaration
function aw.step(keys) end

---Starts a run on the rising edge of a condition
---@param keys afterward.watch_keys
---@return afterward.Declaration
function aw.watch(keys) end

---Feedback and questions: which it takes, what they mean, who answers and by when
---@param keys afterward.triage_keys
---@return afterward.Declaration
function aw.triage(keys) end

---Work of the department by the clock; it has no patient and waits for nothing
---@param keys afterward.job_keys
---@return afterward.Declaration
function aw.job(keys) end

---The steps of a table that a nurse keeps in a spreadsheet, as a list for a pathway's `steps`
---@param file string CSV in the department's folder, or in shared/: UTF-8 or GB18030, as Excel saves it
---@return afterward.Declaration[]
function aw.plan(file) end

---@class afterward.Heard
---@field class string? the class of most weight among what is said; nil when nothing is
---@field weight number its weight; each phrase counts once
---@field because string[] list of the words, as they were written
---@field doubt string? the class of most weight among what is in doubt, or nil
---@field unsure string[] list of the words in doubt: a person must read
---@field denied string[] list of the words that are denied

---What a free text says: a function of the text, made of lists of phrases
---@param ... string CSV in the department's folder, or in shared/: UTF-8 or GB18030, as Excel saves it
---@return fun(text?: string): afterward.Heard
function aw.phrases(...) end

return aw
