-- Small pictures as phones make them, with a place and a device in them, for specs.
local pictures = {}

pictures.PLACE = "39.9042N"                             -- never to be seen again

-- A TIFF block: the way up, and a directory of the place.
function pictures.exif(way_up)
  local place = 8 + 2 + 2 * 12 + 4
  return "II*\0" .. ("<I4"):pack(8) .. ("<I2"):pack(2)
    .. ("<I2I2I4I2I2"):pack(0x0112, 3, 1, way_up, 0) .. ("<I2I2I4I4"):pack(0x8825, 4, 1, place) .. ("<I4"):pack(0)
    .. ("<I2"):pack(1) .. ("<I2I2I4I4"):pack(2, 2, #pictures.PLACE, place + 2 + 12 + 4) .. ("<I4"):pack(0) .. pictures.PLACE
end

local function segment(marker, bytes) return "\xff" .. string.char(marker) .. (">I2"):pack(#bytes + 2) .. bytes end

-- more: bytes in the picture itself; behind: after its end
function pictures.jpeg(way_up, more, behind)
  return "\xff\xd8" .. segment(0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0") .. segment(0xe1, "Exif\0\0" .. pictures.exif(way_up or 1))
    .. segment(0xe1, "http://ns.adobe.com/xap/1.0/\0" .. pictures.PLACE) .. segment(0xfe, "comment " .. pictures.PLACE)
    .. segment(0xdb, ("q"):rep(65)) .. segment(0xda, "scan") .. "data\xff\0data\xff\xd3" .. (more or "") .. "\xff\xd9" .. (behind or "")
end

local function chunk(name, bytes) return (">I4"):pack(#bytes) .. name .. bytes .. "crc!" end
function pictures.png()
  return "\x89PNG\r\n\x1a\n" .. chunk("IHDR", ("h"):rep(13)) .. chunk("tEXt", pictures.PLACE) .. chunk("eXIf", pictures.exif(1))
    .. chunk("IDAT", "pixels") .. chunk("IEND", "") .. pictures.PLACE
end

local function riff(name, bytes) return name .. ("<I4"):pack(#bytes) .. bytes .. (#bytes % 2 == 1 and "\0" or "") end
function pictures.webp()
  local chunks = "WEBP" .. riff("VP8X", "\x0c\0\0\0\0\0\0\0\0\0") .. riff("VP8 ", "pixel") .. riff("EXIF", pictures.exif(1))
    .. riff("XMP ", pictures.PLACE)
  return "RIFF" .. ("<I4"):pack(#chunks) .. chunks .. pictures.PLACE
end

function pictures.heic()
  return (">I4"):pack(24) .. "ftypheic\0\0\0\0mif1heic" .. "meta and boxes" .. "\0\0\0\6Exif\0\0" .. pictures.exif(1) .. "pixels"
end

return pictures
