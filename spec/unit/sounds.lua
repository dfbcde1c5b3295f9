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
function sounds.mp3() return "ID3\4\0\0\0\0\0\0\xff\xfb\x90\x64" .. ("v"):rep(60) end
function sounds.aac() return "\xff\xf1\x50\x80\x02\x1f\xfc" .. ("v"):rep(60) end
function sounds.ogg() return "OggS\0\2" .. ("\0"):rep(21) .. "\x13OpusHead" .. ("v"):rep(40) end
function sounds.webm(codec) return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm" .. ("\0"):rep(20) .. (codec or "A_OPUS") .. ("v"):rep(40) end
function sounds.wav() return "RIFF" .. ("<I4"):pack(44) .. "WAVEfmt " .. ("v"):rep(36) end

sounds.kinds = { "m4a", "amr", "mp3", "aac", "ogg", "webm", "wav" }

return sounds
