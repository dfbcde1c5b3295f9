local io_unit = require "afterward.unit.io"

describe("text from outside", function()
  it("takes forms apart", function()
    local cases = {
      { "a=1&b=two+words&c=%E6%9C%AF%E5%90%8E", { "a=1", "b=two words", "c=术后" } },
      { "a&&b=&=c&", { "a=", "b=", "=c" } },
      { "a=b=c&a=2&%3D=%26", { "a=b=c", "a=2", "==&" } },
      { "", {} },
    }
    for _, case in ipairs(cases) do assert.same(case[2], io_unit.form(case[1])) end
  end)

  local function part(head, bytes) return "--B\r\nContent-Disposition: form-data; " .. head .. "\r\n\r\n" .. bytes .. "\r\n" end
  local TYPE, END = "multipart/form-data; boundary=B", "--B--\r\n"

  it("takes forms with files apart, bytes as they are", function()
    local cases = {
      { part('name="a"', "1") .. part('name="b"; filename="x.jpg"', "\0\r\n--\r\n--A") .. END, { "a=1", "b:\0\r\n--\r\n--A" } },
      { part('name="a"; filename=""', "") .. END, { "a:" } },
      { part('filename="say "hi".jpg"; name="a"', "x") .. "--B--", { "a:x" } },
      { part("name=a", "") .. END, { "a=" } },
      { "--B\r\nX: y\r\ncontent-disposition:form-data;name=\"伤口\"\r\nContent-Type: text/plain\r\n\r\n红\r\n" .. END, { "伤口=红" } },
      { END, {} },
    }
    for _, case in ipairs(cases) do assert.same(case[2], io_unit.multipart(TYPE, case[1]), case[1]) end
    assert.same({ "a=1" }, io_unit.multipart('Multipart/Form-Data; charset=utf-8; Boundary="B"', part('name="a"', "1") .. END))
  end)

  it("refuses forms with files that no browser sends", function()
    local whole = part('name="a"', "1") .. END
    for name, case in pairs {
      ["no boundary"] = { "multipart/form-data", whole }, ["an empty boundary"] = { "multipart/form-data; boundary=", whole },
      ["a long boundary"] = { "multipart/form-data; boundary=" .. ("B"):rep(71), whole },
      ["a boundary with a line in it"] = { 'multipart/form-data; boundary="B\r\n"', whole },
      ["another type"] = { "multipart/mixed; boundary=B", whole }, ["nothing"] = { TYPE, "" },
      ["something before"] = { TYPE, "x\r\n" .. whole }, ["something behind"] = { TYPE, whole .. "x" },
      ["a cut end"] = { TYPE, whole:sub(1, -7) }, ["a boundary that goes on"] = { TYPE, "--Bx\r\n" .. whole },
      ["no name"] = { TYPE, part('filename="a"', "x") .. END }, ["two names"] = { TYPE, part('name="a"; name="b"', "x") .. END },
      ["an empty name"] = { TYPE, part('name=""', "x") .. END }, ["a long name"] = { TYPE, part('name="' .. ("a"):rep(201) .. '"', "x") .. END },
      ["a zero byte in a text"] = { TYPE, part('name="a"', "x\0") .. END },
      ["a zero byte in a name"] = { TYPE, part('name="a\0b"', "x") .. END },
      ["no end of a quoted text"] = { TYPE, part('name="a', "x") .. END },
      ["two dispositions"] = { TYPE, part('name="a"\r\nContent-Disposition: form-data; name="b"', "x") .. END },
      ["no disposition"] = { TYPE, "--B\r\nX: y\r\n\r\nx\r\n" .. END },
      ["headers without end"] = { TYPE, "--B\r\n" .. ("x: y\r\n"):rep(1000) .. "\r\nx\r\n" .. END },
      ["too many files"] = { TYPE, part('name="a"; filename="b"', "x"):rep(17) .. END },
      ["too many texts"] = { TYPE, part('name="a"', "x"):rep(1001) .. END },
      ["too much text"] = { TYPE, part('name="a"', ("x"):rep(70000)):rep(2) .. END },
    } do
      local got, why = io_unit.multipart(case[1], case[2])
      assert.is_nil(got, name)
      assert.matches("^form: ", why)
    end
    assert.same({}, io_unit.multipart(TYPE, END))
  end)

  it("refuses forms that are broken or endless", function()
    for _, text in ipairs { "a=%", "a=%4", "a=%4g", "%00=1", "a=b%00", "a=\0", "a=1&b=%&c=2" } do
      assert.is_nil(io_unit.form(text), text)
    end
    assert.is_nil(io_unit.form(("a&"):rep(1000)))
    assert.equal(1000, #io_unit.form(("a&"):rep(999) .. "a"))
  end)

  it("decodes what it encoded, byte for byte", function()
    for byte = 1, 255 do
      local name = string.char(byte)
      assert.same({ name .. "=" .. name },
        io_unit.form(io_unit.encode(name) .. "=" .. io_unit.encode(name)))
    end
  end)

  it("gives paths that mean one thing", function()
    local cases = {
      ["/a/b?c=/.."] = "/a/b", ["/%E6%9C%AF"] = "/术", ["/a%20b"] = "/a b", ["/"] = "/", ["/a..b/.c"] = "/a..b/.c",
      ["/%00"] = false, ["/a%2fb"] = false, ["/a%2Fb"] = false, ["/%2e%2e/b"] = false, ["/a/.."] = false,
      ["/./a"] = false, ["/%c0%af"] = false, ["/%ff"] = false, ["/%4"] = false, ["/%zz"] = false,
      ["/%0a"] = false, ["a"] = false, [""] = false,
    }
    for target, path in pairs(cases) do assert.equal(path or nil, io_unit.path(target), target) end
  end)

  it("reads chunked bodies the same at every cut", function()
    local body = "5\r\nhello\r\nA;ext=\"1\"\r\n, patients\r\n0\r\nTrailer: x\r\n\r\n"
    for piece = 1, #body + 5 do
      local text, took = io_unit.chunked(body .. "NEXT", piece)
      assert.equal("hello, patients", text)
      assert.equal(#body, took)
    end
  end)

  it("refuses chunked bodies that another reader could read otherwise", function()
    local broken = {
      "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "\r\n", "-1\r\n", "0x5\r\nhello",
      " 5\r\nhello", "5 \r\nhello", "5;a\nb\r\nhello", "5;a\rb\r\nhello", "0\r\nA: b\nC: d\r\n\r\n", "0\r\nA\rB\r\n\r\n",
      "5;" .. ("x"):rep(60) .. "\r\n", "0\r\n" .. ("a: b\r\n"):rep(30) .. "\r\n",
    }
    for _, text in ipairs(broken) do
      local body, why = io_unit.chunked(text, 3)
      assert.is_nil(body)
      assert.equal("broken", why, text)
    end
    for _, text in ipairs { "65\r\n", "FFFFFFFF\r\n", "000000001\r\nx", "64\r\n" .. ("x"):rep(100) .. "\r\n1\r\ny" } do
      assert.equal("too long", select(2, io_unit.chunked(text, 7)), text)
    end
  end)

  it("believes X-Forwarded-For only from trusted proxies", function()
    local trusted = "127.0.0.1, 10.0.0.0/8,::1"
    local cases = {
      { "203.0.113.9", { "1.2.3.4" }, "203.0.113.9" },
      { "127.0.0.1", { "1.2.3.4" }, "1.2.3.4" },
      { "127.0.0.1", { "6.6.6.6, 1.2.3.4, 10.1.1.1" }, "1.2.3.4" },
      { "127.0.0.1", { "6.6.6.6", "1.2.3.4,10.1.1.1" }, "1.2.3.4" },
      { "::ffff:127.0.0.1", { "2001:DB8::1" }, "2001:db8::1" },
      { "10.255.0.1", { "nonsense" }, "10.255.0.1" },
      { "10.255.0.1", { "1.2.3.4, nonsense, 10.0.0.2" }, "10.0.0.2" },
      { "11.0.0.1", {}, "11.0.0.1" },
      { "::1", { ("9"):rep(200) }, "::1" },
      { "127.0.0.1", { " , ," }, "127.0.0.1" },
    }
    for _, case in ipairs(cases) do assert.equal(case[3], (io_unit.peer(case[1], trusted, case[2]))) end
    for _, list in ipairs { "10.0.0.0/33", "localhost", "10.0.0.0/", "::1/129", ("1"):rep(100), "1.1.1.1/-1" } do
      assert.is_nil(io_unit.peer("1.1.1.1", list, {}), list)
    end
    assert.equal("7.7.7.7", io_unit.peer("9.9.9.9", "0.0.0.0/0", { "7.7.7.7" }))
  end)
end)
