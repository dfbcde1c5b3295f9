local unit = require "afterward.unit.base"
local csv, charset = unit.csv, unit.charset

-- The fields of each row, whatever the pieces in which the text comes.
local function read(text)
  local whole
  for _, piece in ipairs { 1, 2, 3, 7, 4096 } do
    local rows = csv.rows(text, piece)
    whole = whole or rows
    assert.same(whole, rows)
  end
  return whole
end

local function fields(text)
  local out = {}
  for i, row in ipairs(read(text)) do
    out[i] = {}
    for j, field in ipairs(row) do out[i][j] = field end
    if row.wrong then out[i] = row.wrong end
  end
  return out
end

describe("A CSV file", function()
  for name, case in pairs {
    ["ends lines with LF"] = { "a,b\nc,d\n", { { "a", "b" }, { "c", "d" } } },
    ["ends lines with CRLF"] = { "a,b\r\nc,d\r\n", { { "a", "b" }, { "c", "d" } } },
    ["ends lines with CR alone"] = { "a\rb\r", { { "a" }, { "b" } } },
    ["may lack the last line end"] = { "a,b\nc,", { { "a", "b" }, { "c", "" } } },
    ["has empty fields"] = { ",,\n", { { "", "", "" } } },
    ["has empty lines that are no rows"] = { "\n\r\na\n\n\nb\n\n", { { "a" }, { "b" } } },
    ["quotes delimiters and line ends"] = { '"a,\r\nb",c\n', { { "a,\r\nb", "c" } } },
    ["doubles quotes within quotes"] = { '"say ""no""",""\n', { { 'say "no"', "" } } },
    ["may have quotes within a plain field"] = { 'a"b,c\n', { { 'a"b', "c" } } },
    ["may end within quotes' end"] = { '"a"', { { "a" } } },
    ["is empty"] = { "", {} },
    ["tells of text behind a quote"] = { '"a"b\nc\n', { 'text follows a closing quote; write "" for a quote within a field', { "c" } } },
    ["tells of a quote without end"] = { 'a\n"b\nc', { { "a" }, "a quoted field has no closing quote" } },
    ["tells of zero bytes"] = { "a\0b\nc\n", { "a zero byte stands in the text; export the file as CSV again", { "c" } } },
  } do
    it(name, function() assert.same(case[2], fields(case[1])) end)
  end

  it("counts the lines within quotes", function()
    local rows = read '"a\nb",c\nd\n\n"e'
    assert.same({ 1, 3, 5 }, { rows[1].line, rows[2].line, rows[3].line })
    assert.equal('"a\nb",c', rows[1].raw)
    assert.equal('"e', rows[3].raw)
  end)

  it("goes on behind a field that is too long", function()
    local rows = csv.rows('x,"' .. ("a"):rep(70000) .. '\nb,c\n')
    assert.matches("too long", rows[1].wrong)
    assert.equal("b", rows[2][1])
  end)

  it("goes on behind a row of too many fields", function()
    local rows = csv.rows((","):rep(300) .. "\nb\n")
    assert.matches("256 fields", rows[1].wrong)
    assert.equal("b", rows[2][1])
  end)

  it("may be told apart by other bytes", function()
    assert.equal("b,c", csv.rows("a;b,c\n", 9, ";")[1][2])
  end)

  it("is read as it was written", function()
    for _, field in ipairs { "", "a", 'a"b', "a,b", "a\r\nb", '"', ",", "骨科" } do
      assert.equal(field, csv.rows(csv.put(field) .. ",\n")[1][1])
    end
  end)
end)

describe("A text's encoding", function()
  local gb = charset.convert("骨科,王秀兰\n", "gb18030", false)

  it("is found whatever the pieces", function()
    for piece = 1, 9 do
      assert.equal("UTF-8", (charset.found("骨科,王秀兰 𠮷\n", piece)))
      assert.equal("GB18030", (charset.found(gb, piece)))
      assert.equal("GB18030", (charset.found(("a"):rep(piece * 3) .. gb, piece)))
    end
  end)

  it("shows by a mark too", function()
    assert.same({ "UTF-8", true }, { charset.found "\xEF\xBB\xBF骨" })
    assert.same({ "UTF-8", false }, { charset.found "plain" })
  end)

  it("is not guessed for what is no text", function()
    assert.matches("spreadsheet", select(2, charset.found "PK\3\4...."))
    assert.matches("UTF%-16", select(2, charset.found "\xFF\xFEa\0"))
  end)

  it("is brought to UTF-8 and back without loss", function()
    for _, text in ipairs { "王秀兰", "𠮷㐂", ("很长的地址"):rep(2000), "", "a,b" } do
      local there = charset.convert(text, "gbk", false)
      assert.equal(text, charset.convert(there, "gbk", true))
    end
  end)

  it("is refused when a byte fits in neither", function()
    assert.same({ nil, "holds bytes that are no GB18030 text; save the file in one encoding" },
      { charset.convert("a\xFF\xFF", "gb18030", true) })
    assert.is_nil((charset.convert(gb, "utf-8", true)))
    assert.is_nil((charset.convert("\xB9", "gbk", true)))
  end)
end)

describe("The nearest word", function()
  it("is offered when it is near", function()
    assert.equal('; did you mean "discharge"?', unit.nearest("dischrage", "admission", "discharge"))
    assert.equal("", unit.nearest("x", "admission", "discharge"))
  end)
end)
