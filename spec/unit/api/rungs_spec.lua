-- Which rung a question is on, and why it moved, where staff look; and that a patient's page counts as read.
local World = require "unit.api.world"

local HOUR = 3600000

describe("rungs", function()
  local w
  before_each(function()
    w = World.open()
    local core, now = w.core, w.now
    core:sql(("INSERT INTO run (id,patient,enrollment,department,pathway,kind,name,day,bundle,status,wait,wait_ref,wait_label,"
      .. "scheduled_at,started_at) VALUES (1,1,1,'ortho','hip','step','day','2026-03-02',1,'waiting','ask',1,'wound',1,%d)"):format(now))
    core:sql(("INSERT INTO ladder (id,patient,run,question,kind,name,args,at,due_at,opened_at,taken_at) "
      .. "VALUES (1,1,1,1,'ask','wound',x'00',2,%d,1,1)"):format(now + HOUR))
    for id, status in ipairs { "accepted", "accepted" } do
      core:sql(("INSERT INTO message (id,number,patient,run,question,department,kind,class,name,audience,status,created_at,valid_until,"
        .. "channel,first) VALUES (%d,'n%d',1,1,1,'ortho','ask','questionnaire','wound','patient','%s',%d,%d,'sms',1)")
        :format(id, id, status, now - HOUR, now + HOUR))
    end
    core:sql(("INSERT INTO rung (ladder,position,place,channel,audience,message,began_at,taken_at,left_at,why) VALUES "
      .. "(1,1,1,'wechat','patient',1,1,1,%d,'unread'),(1,2,2,'sms','patient',2,1,1,NULL,NULL),(1,3,3,'call','family',NULL,NULL,NULL,NULL,NULL)")
      :format(now))
  end)
  after_each(function() w:close() end)

  it("are in what is shown of a message, and in the list the one that each message was", function()
    local _, list = w:call("GET", "/messages")
    assert.same({ "1/3 unread", "2/3" }, { list.items[1].rung, list.items[2].rung })
    local _, message = w:call("GET", "/messages/" .. w.core:id("m", 2))
    local seen = {}
    for i, rung in ipairs(message.rungs) do seen[i] = ("%s to %s %s %s"):format(rung.channel, rung.to, rung.is, rung.why or "") end
    assert.same({ "wechat to patient left unread", "sms to patient waiting ", "call to family ahead " }, seen)
    assert.truthy(message.rungs[2]["until"])
    assert.equal(w.core:id("m", 1), message.rungs[1].message)
  end)

  it("are what follows a doubt that nobody decides", function()
    w.core:sql "UPDATE message SET status='in_doubt', reason='in-doubt' WHERE id=2"
    local _, doubts = w:call("GET", "/messages/in-doubt")
    assert.truthy(doubts.items[1].undecided:find("or until its rung's time is over: then the next rung begins", 1, true))
  end)

  it("say how it ended", function()
    w.core:sql "UPDATE ladder SET closed_at=2, reason='answered', due_at=NULL"
    local _, message = w:call("GET", "/messages/" .. w.core:id("m", 2))
    assert.same({ "ended", "answered", "not needed" }, { message.rungs[2].is, message.rungs[2].why, message.rungs[3].is })
  end)

  it("are told in the patient's timeline", function()
    local _, timeline = w:call("GET", "/patients/" .. w.core:id("p", 1) .. "/timeline")
    local found
    for _, entry in ipairs(timeline.items) do found = found or entry.what == "rung" and entry.text end
    assert.equal("wound rung 1, wechat to patient: left, unread", found)
  end)

  it("learn that the form was opened, once in five minutes, and only while they wait for it", function()
    local function seen() return w.core:sql "SELECT seen_at FROM question WHERE id=1" end
    local function open() assert.equal(200, (w:get("/f/" .. w:link() .. "?by=patient"))) end
    open()
    assert.equal(tostring(w.now), seen())
    w.core:at(w.now + 60000)
    open()
    assert.equal(tostring(w.now), seen())
    w.core:at(w.now + 301000)
    open()
    assert.equal(tostring(w.now + 301000), seen())
    w.core:sql "UPDATE ladder SET closed_at=2"
    w.core:at(w.now + HOUR)
    open()
    assert.equal(tostring(w.now + 301000), seen())
  end)
end)
