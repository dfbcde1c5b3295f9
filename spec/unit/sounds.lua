-- Small voices as phones record them, for specs.
local sounds = {}

sounds.PLACE = "+39.9042+116.4074/"                     -- never to be seen again

local function box(name, bytes) return (">I4"):pack(#bytes + 8) .. name .. bytes end
-- handler: "soun", or "vide" of a film; more: boxes at the end
function sounds.m4a(handler, more)
  local notes = box("udta", box("\xa9xyz", sounds.PLACE))
  local track = box("trak", box("mdia", box("hdlr", ("\0"):rep(8) .. (handler or "soun") .. ("\0"):rep(12))) .. notes)
  return box("ftyp", "M4A \0\0\0\0isom") .. box("moov", track .. notes) .. box("mdat", "voice") .. (more or "")
end
function sounds.amr() return "#!AMR\n" .. ("\x3c" .. ("v"):rep(31)):rep(3) end
-- ID3v2 as recorders write it: a title, a place in a comment, who it was.
local function id3(body)
  local function frame(name, text) return name .. (">I4"):pack(#text + 1) .. "\0\0\3" .. text end
  body = body or frame("TIT2", "录音 " .. sounds.PLACE) .. frame("TPE1", sounds.NAME) .. ("\0"):rep(40)
  return "ID3\3\0\0" .. string.char(0, #body >> 14 & 127, #body >> 7 & 127, #body & 127) .. body
end
local function id3v1() return "TAG" .. (sounds.NAME .. sounds.PLACE .. ("\0"):rep(125)):sub(1, 125) end
local function ape(head)
  local item = ("<I4I4"):pack(#sounds.PLACE, 0) .. "Location\0" .. sounds.PLACE
  local function end_of(flags) return "APETAGEX" .. ("<I4I4I4I4"):pack(2000, #item + 32, 1, flags) .. ("\0"):rep(8) end
  return (head and end_of(0xa0000000) or "") .. item .. end_of(head and 0x80000000 or 0)
end
sounds.NAME = "Wang Xiulan"                             -- nor she

function sounds.mp3_frame() return "\xff\xfb\x90\x64" .. ("v"):rep(417 - 4) end          -- 128 kbit/s, 44.1 kHz
function sounds.mp3(before, behind)
  return (before or id3()) .. sounds.mp3_frame():rep(3) .. (behind or ape(true) .. id3v1())
end
function sounds.aac_frame() return "\xff\xf1\x50\x80\x02\x1f\xfc" .. ("v"):rep(16 - 7) end
function sounds.aac(before, behind) return (before or id3()) .. sounds.aac_frame():rep(4) .. (behind or ape() .. id3v1()) end
sounds.id3, sounds.ape, sounds.id3v1 = id3, ape, id3v1
function sounds.ogg() return "OggS\0\2" .. ("\0"):rep(21) .. "\x13OpusHead" .. ("v"):rep(40) end
function sounds.webm(codec) return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm" .. ("\0"):rep(20) .. (codec or "A_OPUS") .. ("v"):rep(40) end
local function chunk(name, bytes) return name .. ("<I4"):pack(#bytes) .. bytes .. (#bytes % 2 == 1 and "\0" or "") end
function sounds.wav(data)
  local notes = chunk("LIST", "INFO" .. chunk("INAM", sounds.PLACE) .. chunk("IART", sounds.NAME)) .. chunk("id3 ", id3())
  local all = "WAVE" .. notes .. chunk("fmt ", ("<I2I2I4I4I2I2"):pack(1, 1, 8000, 8000, 1, 8)) .. (data or chunk("data", ("v"):rep(33))) .. notes
  return "RIFF" .. ("<I4"):pack(#all) .. all
end

sounds.kinds = { "m4a", "amr", "mp3", "aac", "ogg", "webm", "wav" }

return sounds
