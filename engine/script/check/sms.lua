-- How many short messages a text takes, as gateways count: GSM-7 in 160 (153 in each of
-- several) signs, anything else as UTF-16 in 70 (67).
local GSM, TWICE = {}, {}
for _, code in utf8.codes("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
  .. "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà") do GSM[code] = true end
for _, code in utf8.codes "^{}\\[~]|€" do TWICE[code] = true end

local sms = {}

-- Units, parts, and whether they are GSM-7's.
function sms.count(text)
  local gsm, wide, plain = 0, 0, true
  for _, code in utf8.codes(text) do
    plain = plain and (GSM[code] or TWICE[code]) ~= nil
    gsm, wide = gsm + (TWICE[code] and 2 or 1), wide + (code > 0xFFFF and 2 or 1)
  end
  local units, one, each = wide, 70, 67
  if plain then units, one, each = gsm, 160, 153 end
  if units <= one then return units, 1, plain end
  return units, (units + each - 1) // each, plain
end

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
