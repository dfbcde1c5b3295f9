local World = require "unit.api.world"

describe("the discharge card", function()
  local w
  before_each(function()
    w = World.open()
    w.core:sql "DELETE FROM bundle"
    w.core:definitions("ortho", [[{"pathway":{"hip":{"program":"gudong","title":{"zh":"髋"}}},
      "program":{"gudong":{"name":{"zh":"骨动新生","en":"Moving again"},"slogan":{"zh":"稳稳地走"},
        "logo":"<svg xmlns='http://www.w3.org/2000/svg'/>","color":"#1f6f8b","phone":"0571-1"}},
      "form":{"wound":{"title":{"zh":"伤口","en":"Wound"},"items":[{"id":"temp","kind":"number","text":{"zh":"体温"}}]}}}]])
  end)
  after_each(function() w:close() end)

  local function print_card(o)
    return w.core:ask("GET", "/api/v1/patients/" .. w.core:id("p", 1) .. "/card" .. (o and o.query or ""),
      { Authorization = "Bearer " .. (o and o.token or "ward-token-0000000") })
  end
  local function code() return w.core:sql "SELECT code FROM card WHERE patient=1" end
  local function door(birth) return w:post("/f", { code = code(), birth = birth }) end

  it("shows brand, way in, number and limits, and nothing of the illness", function()
    local status, page, headers = print_card()
    assert.equal(200, status)
    assert.equal("text/html; charset=utf-8", headers["Content-Type"])
    for _, words in ipairs { "骨动新生", "data:image/svg+xml;base64,PHN2ZyB4", "稳稳地走", "第一医院", "#1f6f8b", "<svg", "http://127.0.0.1/f", "0571-1",
      "非实时值守，紧急请拨 120", code():sub(1, 3) .. " " .. code():sub(4, 6) .. " " .. code():sub(7), "105mm 148mm" } do
      assert.truthy(page:find(words, 1, true), words)
    end
    assert.is_nil(page:find "髋" or page:find "伤口" or page:find "王小兰")
    assert.equal("patient:1", w.core:sql "SELECT object FROM audit WHERE action='card.print' AND actor='li'")
  end)

  it("keeps its code over prints and speaks the patient's language", function()
    print_card()
    local first = code()
    w.core:sql "UPDATE patient SET language='en' WHERE id=1"
    local _, page = print_card()
    assert.truthy(page:find("Moving again", 1, true) and page:find("in an emergency call 120", 1, true))
    assert.same({ first, "1" }, { code(), w.core:sql "SELECT count(*) FROM card" })
  end)

  it("tells no brand that discloses", function()
    w.core:sql "DELETE FROM bundle"
    w.core:definitions("ortho", [[{"pathway":{"hip":{"program":"gudong"}},
      "program":{"gudong":{"name":{"zh":"肿瘤关怀"},"slogan":{"zh":"一起抗癌"},"discloses":true,"discreet":{"zh":"安心随访"}}}}]])
    w.core:sql "UPDATE patient SET disclosure='self' WHERE id=1"
    local _, page = print_card()
    assert.truthy(page:find "安心随访" and not page:find "癌" and not page:find "肿瘤")
  end)

  it("is printed for those who may see the patient, by those who may act", function()
    assert.equal(404, (print_card { token = "other-token-000000" }))
    assert.equal(403, (print_card { token = "his-token-00000000" }))
    assert.is_nil(code())
  end)

  it("opens, with the birth date, whatever is asked at that time", function()
    print_card()
    w:question(2, 1, "22222222")
    w.core:sql "UPDATE question SET form='pain' WHERE id=2"
    w:question(3, 3, "33333333")
    local status, _, headers = door "19510203"
    assert.equal(303, status)
    local _, page = w:get(headers.Location)
    local links = {}
    for link in page:gmatch 'class="b" href="(/f/[%w_-]+)"' do links[#links + 1] = link end
    assert.equal(2, #links)
    local _, form = w:get(links[2] .. "?by=patient")
    assert.truthy(form:find('name="a_temp"', 1, true))
    w.core:sql "UPDATE question SET status='closed'"
    local _, none = w:get(headers.Location)
    assert.truthy(none:find("现在没有要填的问卷", 1, true) and none:find("010-5555 1234", 1, true))
    assert.equal(404, (w:get(headers.Location .. "/stop")))
    w.core:at(w.now + 3 * 3600000)
    assert.equal(410, (w:get(headers.Location)))
  end)

  it("is locked for an hour after five wrong birth dates, and its code is told apart from none by nobody", function()
    print_card()
    local unknown, first = w:post("/f", { code = code() == "000000000" and "000000001" or "000000000", birth = "19510204" })
    local wrong, second = door "19510204"
    assert.same({ 422, 422 }, { unknown, wrong })
    local function plain(page) return (page:gsub('nonce="%w+"', ""):gsub("%d%d%d%d%d%d%d%d%d", "")) end
    assert.equal(plain(first), plain(second))
    assert.equal("1", w.core:sql "SELECT wrong FROM card")
    w.core:sql("UPDATE card SET wrong=5, wrong_at=" .. w.now)
    assert.equal(429, (door "19510203"))
    w.core:at(w.now + 3600001)
    assert.equal(303, (door "19510203"))
  end)

  it("of the dead opens nothing", function()
    print_card()
    local _, _, headers = door "19510203"
    w.core:sql "UPDATE patient SET died_at=1 WHERE id=1"
    assert.equal(410, (w:get(headers.Location)))
  end)

  it("goes with a patient who turns out to be another", function()
    print_card()
    local printed = code()
    w.core:sql "INSERT INTO identity (person,kind,value) VALUES (3,'mrn','0043')"
    assert.equal(202, (w:call("POST", "/events", { id = "m", kind = "merge", at = "2026-03-02T10:00:00+08:00",
      merge = { from_mrn = "0042", into_mrn = "0043" } }, { token = "his" })))
    w.core:at(w.now + 1000)
    assert.equal(303, (w:post("/f", { code = printed, birth = "19900505" })))
  end)
end)
