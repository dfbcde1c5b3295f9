-- A recording that a patient sends: its sound is kept; its title, its place and whose phone it was are not.
local sounds = require "unit.sounds"
local media = require("afterward.unit.base").media

describe("a recording", function()
  local function kept(bytes)
    local word, clean = media(bytes)
    return clean, word
  end

  for _, kind in ipairs { "m4a", "mp3", "aac", "wav" } do
    it("of " .. kind .. " tells no place and no name once it is kept, and is cleaned once for all", function()
      local clean, word = kept(sounds[kind]())
      assert.equal(kind, word)
      for _, told in ipairs { sounds.PLACE, sounds.NAME } do assert.falsy(clean:find(told, 1, true), told) end
      assert.equal(clean, (kept(clean)))
    end)
  end

  it("keeps every frame of an MP3 and an AAC, and nothing else, wherever the tags stand", function()
    local mp3, aac = sounds.mp3_frame(), sounds.aac_frame()
    assert.equal(mp3:rep(3), kept(sounds.mp3()))
    assert.equal(aac:rep(4), kept(sounds.aac()))
    for _, tag in ipairs { sounds.id3(), sounds.ape(), sounds.ape(true), sounds.id3v1(), sounds.id3() .. ("\0"):rep(700) } do
      assert.equal(mp3:rep(5), kept(mp3 .. mp3 .. tag .. mp3 .. mp3 .. mp3))
    end
    assert.equal(mp3:rep(2), kept(sounds.id3() .. sounds.id3() .. mp3 .. mp3 .. sounds.id3v1()))
    local footed = sounds.id3():gsub("^(ID3...?)", function() return "ID3\4\0\16" end) .. ("f"):rep(10)
    assert.equal(mp3:rep(2), kept(footed .. mp3 .. mp3))
  end)

  it("that was cut short keeps what is whole of it", function()
    local mp3 = sounds.mp3_frame()
    assert.equal(mp3, kept(mp3 .. mp3:sub(1, 200)))
    local cut = kept(sounds.wav("data" .. ("<I4"):pack(0xffffffff) .. ("v"):rep(20)))
    assert.truthy(cut:find(("v"):rep(20), 1, true))
    assert.equal(#cut - 8, (("<I4"):unpack(cut, 5)))
  end)

  it("keeps of a WAV its format and its sound, with the length that it has now", function()
    assert.equal("RIFF" .. ("<I4"):pack(4 + 24 + 8 + 34) .. "WAVEfmt " .. ("<I4I2I2I4I4I2I2"):pack(16, 1, 1, 8000, 8000, 1, 8)
      .. "data" .. ("<I4"):pack(33) .. ("v"):rep(33) .. "\0", kept(sounds.wav()))
  end)

  it("that lies about its lengths is refused, or kept without harm", function()
    local mp3 = sounds.mp3_frame()
    for _, lie in ipairs {
      "ID3\3\0\0\127\127\127\127" .. mp3,                  -- a tag longer than the file
      "ID3\3\0\0\255\255\255\255" .. mp3,                  -- a length that is none
      "ID3\3\0\0\0\0\0\0", "ID3\3\0\0\0\0\0\0<html>",      -- a tag, and no sound
      mp3:sub(1, 400),                                     -- not one whole frame
      "\xff\xf1\x50\x80\0\0\xfc" .. ("v"):rep(60),         -- frames of no length: for ever
      "RIFF\0\0\0\0WAVE", "RIFF\0\0\0\0WAVEdata", "RIFF\0\0\0\0WAVEdata\4\0\0\0vvvv", "RIFF\0\0\0\0WAVEfmt \255\255\255\255",
    } do
      assert.is_nil(kept(lie), lie)
    end
    math.randomseed(7)
    for _, kind in ipairs(sounds.kinds) do
      local whole = sounds[kind]()
      for _ = 1, 300 do
        local at = math.random(#whole)
        local hurt = whole:sub(1, at - 1) .. string.char(math.random(0, 255)) .. whole:sub(at + 1, math.random(at, #whole))
        local clean, word = kept(hurt)
        if clean then assert.same({ clean, word }, { kept(clean) }) end
      end
    end
  end)
end)
