-- What each HL7 message becomes. A hospital copies this file, changes it, and names it in the configuration:
--   connectors = { his = { plugin = "hl7", map = "/etc/afterward/his-map.lua" } }
--
-- A value is a path into the message; "=text" is a text of your own; a list is alternatives, of which the first that says
-- something counts; a table is an object. What says nothing is left out.
--   PID-5            field 5 of segment PID        PID-3.1         its first component        PID-5.1.1   a subcomponent
--   PID-3[MR,PI].1   the repetition whose fifth component is MR or PI                          PID-13[*]   every repetition
--   EVN-2|time  PID-7|date  PID-13|phone  PID-5|name  OBX-5|number  OBX-7|low, |high
--   OBX-5|said       its components in one: <^5 of a structured number is <5
--   OBX-5|short      a text of one line; one of more than 2000 bytes says nothing
--   PID-13|deleted   Y when the field is "", which takes away what was known; an empty field leaves it
--   PID-8|sex (a word of tables below; "*" is any other, "&" itself)
--   { all = { paths }, most = 5 }            every different one, as a list
--   { join = { paths }, with = "/", most = 2000 }   all that they say, with this between (a stroke when absent), cut at so many
--                                            bytes; nothing when the first says nothing
--   { each = "DG1", code = "DG1-3.1" }       an object for each segment DG1
-- A message is one event or a list of them; each = "OBX" makes one event for each segment; when = "PID-30=Y", "OBX-2=NM,SN",
-- "OBX-11!=D,X" or a list of such; false ignores it; base = false leaves the fields of base out.
-- In an event with each, another segment is the nearest one before (OBR before OBX, PID before MRG), else the first.

local when = { "EVN-6|time", "EVN-2|time", "MSH-7|time" }
local diagnoses = { each = "DG1", code = "DG1-3.1", name = { "DG1-3.2", "DG1-4" }, at = "DG1-5|time", most = 50 }
local procedures = { each = "PR1", code = "PR1-3.1", name = { "PR1-3.2", "PR1-4" }, at = "PR1-5|time", most = 50 }
local death = { kind = "=death", when = "PID-30=Y", at = { "PID-29|time", "EVN-2|time", "MSH-7|time" }, base = true }
-- PID-13 of "": the number is nobody's any more, so nothing may go there.
local mute = { kind = "=contact", when = "PID-13|deleted=Y", at = when, base = false,
  patient = { mrn = { "PID-3[MR,PI].1", "PID-3.1", "PID-2.1" }, no_phone = "=true" } }
local person = { { kind = "=patient", at = when }, mute, death }

local merged = { from_mrn = { "MRG-1[MR,PI].1", "MRG-1.1" }, into_mrn = { "PID-3[MR,PI].1", "PID-3.1" } }

local measured = { "OBX-14|time", "OBR-7|time", "OBR-22|time", "MSH-7|time" }
-- A result is known again by its order, its code and OBX-4; of a report in lines, each is a result of its own.
local reading, line = { join = { "OBR-3.1", "OBX-3.1", "OBX-4" } }, { join = { "OBR-3.1", "OBX-3.1", "OBX-4", "OBX-1" } }
local NUMBERS, WORDS, CODES, LINES = "NM,SN", "ST,IS,ID", "CE,CWE,CF,CNE", "TX,FT"

-- A result of these types for each OBX that holds such a one and says more than that it is still to come.
local function result(types, says, o)
  return { kind = "=observation", each = "OBX", when = { "OBX-2=" .. types, "OBX-11!=D,W,X,I,N,O", table.unpack(says) }, at = measured,
    observation = { code = "OBX-3.1|code", value = not o.text and "OBX-5|number" or nil, text = o.text, reading = o.reading or reading,
      unit = "OBX-6.1|unit", status = "OBX-11|status", flag = "OBX-8|flag", low = "OBX-7|low", high = "OBX-7|high" } }
end
-- It counts no more: deleted, or never this patient's. What was given as a number is known again by it, too.
local function withdrawn(types, known)
  return { kind = "=observation", each = "OBX", when = { "OBX-2=" .. types, "OBX-11=D,W" }, at = measured,
    observation = { code = "OBX-3.1|code", value = "OBX-5|number", unit = "OBX-6.1|unit", reading = known, status = "OBX-11|status" } }
end
local function joined(path) return { join = { path }, with = " ", most = 2000 } end

local function appointment(status)
  return { kind = "=appointment", at = when, appointment = { id = { "SCH-2.1", "SCH-1.1" }, status = "=" .. status,
    at = { "SCH-11.4|time", "TQ1-7|time", "AIS-4|time" }, department = "AIL-3.1|department" } }
end

return {
  base = {                                    -- in every event
    patient = {
      mrn = { "PID-3[MR,PI].1", "PID-3.1", "PID-2.1" },
      name = "PID-5|name", birth = "PID-7|date", sex = "PID-8|sex",
      phones = { all = { "PID-13[*]|phone", "PID-14[*]|phone", "PID-40[*]|phone" }, most = 5 },
      address = { "PID-11.1.1", "PID-11.1" },
      contacts = { each = "NK1", name = "NK1-2|name", relation = "NK1-3|relation",
        phones = { all = { "NK1-5[*]|phone", "NK1-40[*]|phone" }, most = 5 }, most = 8 },
    },
    visit = { "PV1-19.1", "PID-18.1" },
    department = "PV1-10.1|department",
    ward = "PV1-3.1",
    doctor = "PV1-7|name",
  },

  messages = {
    ["ADT^A01"] = { { kind = "=admission", at = { "EVN-6|time", "PV1-44|time", "EVN-2|time", "MSH-7|time" }, planned = "PV1-4|planned",
      diagnoses = diagnoses }, death },
    ["ADT^A02"] = { kind = "=transfer", at = when, planned = "PV1-4|planned" },
    ["ADT^A03"] = { { kind = "=discharge", at = { "PV1-45|time", "EVN-6|time", "EVN-2|time", "MSH-7|time" }, admitted = "PV1-44|time",
      planned = "PV1-4|planned", leaving = "PV1-36.1|leaving", diagnoses = diagnoses, procedures = procedures }, death },
    ["ADT^A04"] = person,
    ["ADT^A08"] = person,
    ["ADT^A11"] = { kind = "=cancel-admission", at = when },
    ["ADT^A12"] = { kind = "=transfer", at = when },             -- PV1-3 is where the patient is again
    ["ADT^A13"] = { kind = "=cancel-discharge", at = when },
    ["ADT^A28"] = person,
    ["ADT^A31"] = person,
    ["ADT^A34"] = { kind = "=merge", at = when, base = false, merge = merged },
    ["ADT^A40"] = { kind = "=merge", each = "MRG", at = when, base = false, merge = merged },
    ["ADT^A41"] = false,                                         -- accounts are not followed
    -- A stay written down for the wrong patient: MRG-1 and MRG-5 are as it was, PID-3 and PV1-19 as it is.
    ["ADT^A45"] = { kind = "=move-visit", each = "PV1", at = when, base = false,
      patient = { mrn = merged.into_mrn, name = "PID-5|name", birth = "PID-7|date", sex = "PID-8|sex" },
      visit = { "PV1-19.1", "MRG-5.1" }, move = { from_mrn = merged.from_mrn, from_visit = { "MRG-5.1", "PV1-19.1" } } },

    -- C replaces a result, D takes it back, W says that it was never this patient's. A number compared, a range and a ratio are texts
    -- ("<0.1"), and so is what is written out; megabytes are passed over.
    ["ORU^R01"] = {
      result(NUMBERS .. "," .. WORDS, { "OBX-5|number!=" }, {}),
      result(NUMBERS, { "OBX-5|number=", "OBX-5|said!=" }, { text = "OBX-5|said" }),
      result(WORDS, { "OBX-5|number=", "OBX-5|short!=" }, { text = joined "OBX-5[*]|short" }),
      result(LINES, { "OBX-5|short!=" }, { text = joined "OBX-5[*]|short", reading = line }),
      result(CODES, { "OBX-5.2|short!=" }, { text = joined "OBX-5[*].2|short" }),
      result(CODES, { "OBX-5.2|short=", "OBX-5.1|short!=" }, { text = joined "OBX-5[*].1|short" }),
      withdrawn(NUMBERS .. "," .. WORDS .. "," .. CODES, reading),
      withdrawn(LINES, line),
    },

    ["SIU^S12"] = appointment "booked",
    ["SIU^S13"] = appointment "changed",
    ["SIU^S14"] = appointment "changed",
    ["SIU^S15"] = appointment "cancelled",
    ["SIU^S17"] = appointment "cancelled",
    ["SIU^S26"] = appointment "no-show",

    ["RDE^O11"] = { kind = "=drug", at = { "ORC-9|time", "MSH-7|time" },
      drugs = { each = "RXE", code = "RXE-2.1", name = "RXE-2.2", most = 100 } },

    ORM = false, OML = false,                                    -- orders are not followed: their results are
    MDM = false, BAR = false, DFT = false, ACK = false,
  },

  tables = {
    sex = { F = "female", M = "male", ["2"] = "female", ["1"] = "male", ["女"] = "female", ["男"] = "male", O = "other", A = "other" },
    relation = { SPO = "spouse", CHD = "child", SON = "child", DAU = "child", PAR = "parent", FTH = "parent", MTH = "parent",
      SIB = "sibling", BRO = "sibling", SIS = "sibling", ["配偶"] = "spouse", ["子女"] = "child", ["父母"] = "parent", ["*"] = "other" },
    -- HL7 table 0112, and the words of the Chinese front page (离院方式 1-5, 9)
    leaving = { ["01"] = "order", ["02"] = "transfer", ["03"] = "transfer", ["04"] = "transfer", ["07"] = "against-advice",
      ["20"] = "death", ["41"] = "death", ["1"] = "order", ["2"] = "transfer", ["3"] = "community", ["4"] = "against-advice",
      ["5"] = "death", ["9"] = "other" },
    -- HL7 table 0007, admission type: elective and routine are planned; accident, emergency, urgent are not; of labour and newborn nothing is said
    planned = { C = "true", R = "true", A = "false", E = "false", U = "false" },
    department = { ["*"] = "&" },             -- ["0302"] = "ortho"
    status = { P = "preliminary", R = "preliminary", S = "preliminary", C = "corrected", D = "deleted", W = "wrong-patient", ["*"] = "final" },
    flag = { H = "H", HH = "HH", L = "L", LL = "LL", A = "A", AA = "AA", N = "N", [">"] = "HH", ["<"] = "LL", ["↑"] = "H", ["↓"] = "L" },
    code = { ["*"] = "&" },                   -- ["GLU"] = "glucose"
    unit = { ["*"] = "&" },                   -- ["℃"] = "Cel"
  },
}
