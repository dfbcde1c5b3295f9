-- How long a template is as a short message: what stands in it, and what it takes.
local host = ...
local sms = {}

-- Units, parts, and whether they are GSM-7's (base/sms.h).
sms.count = host.sms_size

-- What stands for a placeholder in a count: as long as it usually is.
local USUAL = {
  link = "https://f.example.org/fu", code = "12345678", date = "12月31日", time = "09:30", ["patient.name"] = "王小明",
  ["patient.title"] = "王先生", ["hospital.name"] = "市第一人民医院", ["hospital.phone"] = "010-12345678",
  ["department.phone"] = "010-12345678", ["program.phone"] = "010-12345678", ["practice.phone"] = "010-12345678",
  ["practice.name"] = "市第一人民医院", ["ward.name"] = "骨科三病区", ["visit.date"] = "12月31日", ["visit.time"] = "09:30",
}

function sms.fill(text, own)
  return (text:gsub("{([^{}]*)}", function(name) return own[name] or USUAL[name] or "六个字的内容" end))
end

return sms
