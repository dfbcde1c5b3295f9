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

---@class afterward.band_keys
---@field at string from the anchor: "14d"
---@field low number in the measure's unit
---@field high number likewise

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

---@class afterward.curve_keys
---@field code string of the observation
---@field title? afterward.Text what people read; the measure's name when absent
---@field expected? afterward.band_keys[] the expected course, straight from one to the next
---@field source? string where the expected course is from
---@field page? boolean also on the patient's own page
---@field discloses? boolean names a diagnosis: only for patients who know theirs (WARD 1)

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
---@field class_quiet_hours? table<string, string> message class → hours when none of it leaves, beside quiet_hours
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
---@field curves? afterward.curve_keys[] what is drawn of its patients, with the course that is expected
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
---@field on string|string[] what makes it look; in a pathway also "missing:<code>": what was not measured `by` an hour, with `within` (a span back from it; since midnight when absent), `from`, `to` and `valid_for` as a step
---@field where? fun(f: afterward.Facts): any facts → flag; what is true is handed to run
---@field clear? function facts → whether it may fire again; when absent it may once `where` no longer holds
---@field rearm? string fires again after so long although `where` has held all the time
---@field run fun(p: afterward.Run, flag: any) run(p, flag)

---@class afterward.triage_keys
---@field id string its name in scripts
---@field title? afterward.Text what people read on screens and pages; the id when absent
---@field program? string the brand it answers under; `the department's first` when absent
---@field on "web"|"qr"|"hotline"|"counter"|"letter"|"sms"|"wechat"|"review"|"survey"|"external"|"robot"|"reply"[] the channels it listens to
---@field where? function facts → whether this one; the first triage that says so has it
---@field classify? table<string, any> field → its list or lists of phrases: stage, type, nature, urgency, topic, faq
---@field tier? function facts → word: which clocks, how urgent; `general` when absent
---@field route? string|function CSV stage,type,ward,lead,joint,approve, or facts → lead, list of others, who approves
---@field receiver? string who stays responsible for what nobody received in person; `patient-relations` when absent
---@field names? table<string, afterward.Text> login or post → the name by which the sender's progress page may call the contact; nobody is named who isn't in it
---@field part? string what a department fills in that a person puts beside the lead
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

---@class afterward.keep_result
---@field id string of the score or model
---@field version string of it
---@field source string of it
---@field inputs table what it counted
---@field missing table what it was not told
---@field score? number the sum; nil when something is missing
---@field level? string word for it
---@field alarm? boolean one part alone calls for somebody
---@field parts? table input → points
---@field least? number the sum if what is missing gave nothing
---@field most? number if it gave all it can
---@field probability? number of a model
---@field logit? number of a model
---@field intercept? number of a model
---@field terms? table of a model: what each input adds
---@field outside? table of a model: inputs that it was not made for

---@class afterward.read_options
---@field within? string not older
---@field since? integer from this ms on
---@field last? integer only these many
---@field each? "day" the last one of each day: 32 days however dense the series

---@class afterward.sample_sample
---@field role string post that judges; nobody judges what they did themselves
---@field form string rubric for calls: items with points, and a yes-or-no item fake for the verdict
---@field reply_form? string rubric for answers to cases and questions; `form` when absent
---@field due? string in the post's working time; `5bd` when absent

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
---@field draft? string whose words they find to begin with, to be amended
---@field fields? table<string, string|number|boolean|table> what the draft's placeholders need

---@class afterward.wait_options
---@field within? string waits this long at most

---@class afterward.Run
---@field about any true when the patient is known
---@field anchor any ms
---@field anonymous any nobody's name
---@field approver any post that approves the answer; nil when its department asks for none
---@field bare any true while its sender has sent a keyword and nothing else
---@field because any the phrases that said so
---@field beside any post → true when a person put it beside the lead, false when one took it away
---@field channel any how it came
---@field concerns any login of whom of the staff it complains of, or praises
---@field corrected any true in a run that began anew, because a person corrected what the case is or its sender said more
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
---@field receiver any who stays responsible; while they are off duty, their post
---@field round any of clocks
---@field score any of the form that led here
---@field stage any of the visit
---@field stars any 1 to 5
---@field stay any true when the stay is known
---@field step any step id
---@field text any what was written
---@field tier any word of risk
---@field today any local date of this turn
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

---Keeps what a score or a model gave, with its inputs, for good: the timeline and `GET /api/v1/patients/ID/scores` show it
---@param result afterward.keep_result as aw.score.… and a model give it
function Run:keep(result) end

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

---Job only: has calls and answers of the month that is over heard and read by somebody else, one in twenty of each person's and all that look as if they never were; drawn again, only what is new is added
---@param sample afterward.sample_sample see the keys
function Run:sample(sample) end

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
---@field approver any post that approves the answer; nil when its department asks for none
---@field bare any true while its sender has sent a keyword and nothing else
---@field because any the phrases that said so
---@field beside any post → true when a person put it beside the lead, false when one took it away
---@field channel any how it came
---@field concerns any login of whom of the staff it complains of, or praises
---@field corrected any true in a run that began anew, because a person corrected what the case is or its sender said more
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
---@field receiver any who stays responsible; while they are off duty, their post
---@field round any of clocks
---@field score any of the form that led here
---@field stage any of the visit
---@field stars any 1 to 5
---@field stay any true when the stay is known
---@field text any what was written
---@field tier any word of risk
---@field today any local date
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

---A department's own logistic model as data, a function of its inputs; explained term by term
---@param file string JSON file in the department's folder, or in shared/
---@return fun(inputs: table<string, any>): afterward.keep_result
function aw.model(file) end

---@class afterward.trend_options
---@field days? integer the window: so many days up to that of the newest reading, one value each
---@field count? integer the window: so many readings up to the newest
---@field day? "last"|"first"|"mean"|"max"|"min" how several readings of one day become one; `last` when absent
---@field gap? number days without a reading that are passed over; `0` when absent
---@field by? number the whole change must be this much
---@field least? integer fewer points say nothing
---@field percent? boolean of the first value
---@field today? string p.today or f.today
---@field low? number below it
---@field high? number above it

aw.trend = {}
---Each of the last `days` or `count` beyond the one before. Gives { from, to, change, since, at, points } or nil.
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.rising(series, options) end
---The same downwards. Gives { from, to, change, since, at, points } or nil.
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.falling(series, options) end
---Least squares over the window. Gives units a day, or nil: fewer than `least` (3) points, or all of one moment.
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.slope(series, options) end
---The last of the window less the first. Gives a number, with `percent` in percent of the first, or nil: fewer than two.
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.change(series, options) end
---Days without a reading, the last `days` before `today`. Gives list of days, or nil when there is none.
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.missing(series, options) end
---Readings below `low` or above `high`; when neither is given, outside of their own reference range. Gives { count, of, share, worst, at, last } or nil: fewer than `least` (1).
---@param series table[]
---@param options? afterward.trend_options
function aw.trend.outside(series, options) end
aw.score = {}
---@class afterward.score_lace
---@field days? number length of the stay in days
---@field acute? boolean came as an emergency
---@field charlson? number Charlson comorbidity index
---@field visits? number emergency department visits in the six months before
---van Walraven C et al., CMAJ 2010;182(6):551-557
---@param inputs afterward.score_lace
---@return afterward.keep_result
function aw.score.lace(inputs) end
---@class afterward.score_hospital
---@field hemoglobin? number at discharge, g/L
---@field oncology? boolean discharged from oncology
---@field sodium? number at discharge, mmol/L
---@field procedure? boolean any procedure in the stay
---@field urgent? boolean admitted urgently
---@field admissions? number in the twelve months before
---@field days? number length of the stay in days
---Donzé JD et al., JAMA Intern Med 2016;176(4):496-502
---@param inputs afterward.score_hospital
---@return afterward.keep_result
function aw.score.hospital(inputs) end
---@class afterward.score_hospital2013
---@field hemoglobin? number at discharge, g/L
---@field oncology? boolean discharged from oncology
---@field sodium? number at discharge, mmol/L
---@field procedure? boolean any procedure in the stay
---@field urgent? boolean admitted urgently
---@field admissions? number in the twelve months before
---@field days? number length of the stay in days
---Donzé J et al., JAMA Intern Med 2013;173(8):632-638
---@param inputs afterward.score_hospital2013
---@return afterward.keep_result
function aw.score.hospital2013(inputs) end
---@class afterward.score_news2
---@field respiration? number breaths a minute
---@field spo2? number oxygen saturation, %
---@field oxygen? boolean gets oxygen
---@field systolic? number mm[Hg]
---@field pulse? number a minute
---@field consciousness? string alert, newly confused, or reacts to voice, to pain, not at all
---@field temperature? number Cel
---@field scale? number of saturation: 2 only when a doctor said so (hypercapnia)
---Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017
---@param inputs afterward.score_news2
---@return afterward.keep_result
function aw.score.news2(inputs) end
---@class afterward.score_phq9
---@field item1? number answer 1, 0 to 3
---@field item2? number answer 2, 0 to 3
---@field item3? number answer 3, 0 to 3
---@field item4? number answer 4, 0 to 3
---@field item5? number answer 5, 0 to 3
---@field item6? number answer 6, 0 to 3
---@field item7? number answer 7, 0 to 3
---@field item8? number answer 8, 0 to 3
---@field item9? number answer 9, 0 to 3
---Kroenke K, Spitzer RL, Williams JBW, J Gen Intern Med 2001;16(9):606-613
---@param inputs afterward.score_phq9
---@return afterward.keep_result
function aw.score.phq9(inputs) end
---@class afterward.score_gad7
---@field item1? number answer 1, 0 to 3
---@field item2? number answer 2, 0 to 3
---@field item3? number answer 3, 0 to 3
---@field item4? number answer 4, 0 to 3
---@field item5? number answer 5, 0 to 3
---@field item6? number answer 6, 0 to 3
---@field item7? number answer 7, 0 to 3
---Spitzer RL et al., Arch Intern Med 2006;166(10):1092-1097
---@param inputs afterward.score_gad7
---@return afterward.keep_result
function aw.score.gad7(inputs) end
---@class afterward.score_nrs
---@field pain? number 0 to 10
---numeric rating scale; cut points of Serlin RC et al., Pain 1995;61(2):277-284
---@param inputs afterward.score_nrs
---@return afterward.keep_result
function aw.score.nrs(inputs) end
---@class afterward.score_caprini2013
---@field age? number years
---@field sex? string three factors are women's alone
---@field minor_surgery? boolean 1 point
---@field past_surgery? boolean 1 point
---@field varicose_veins? boolean 1 point
---@field bowel_inflammation? boolean 1 point
---@field swollen_legs? boolean 1 point
---@field bmi_over_25? boolean 1 point
---@field heart_attack? boolean 1 point
---@field heart_failure? boolean 1 point
---@field serious_infection? boolean 1 point
---@field lung_disease? boolean 1 point
---@field restricted_mobility? boolean 1 point
---@field bmi_over_40? boolean 1 point
---@field smoking? boolean 1 point
---@field insulin? boolean 1 point
---@field chemotherapy? boolean 1 point
---@field transfusion? boolean 1 point
---@field surgery_over_2h? boolean 1 point
---@field major_surgery? boolean 2 points
---@field malignancy? boolean 2 points
---@field plaster_cast? boolean 2 points
---@field central_line? boolean 2 points
---@field bed_over_72h? boolean 2 points
---@field thrombosis? boolean 3 points
---@field family_thrombosis? boolean 3 points
---@field thrombophilia? boolean 3 points
---@field joint_replacement? boolean 5 points
---@field leg_fracture? boolean 5 points
---@field serious_trauma? boolean 5 points
---@field paralysis? boolean 5 points
---@field stroke? boolean 5 points
---@field hormones? boolean 1 point
---@field pregnancy? boolean 1 point
---@field pregnancy_loss? boolean 1 point
---@field rest? false every factor not named is known to be absent
---Cronin M et al., Clin Appl Thromb Hemost 2019;25:1076029619838052 (Caprini risk assessment model, 2013 version)
---@param inputs afterward.score_caprini2013
---@return afterward.keep_result
function aw.score.caprini2013(inputs) end
return aw
