-- Runs that come due in one second and send texts: what the daemon takes for them, counted inside and outside.
local machine = require "bench.machine"
local ground = require "bench.ground"
local due = {}

local BOOKS = "SELECT sum(kind='send' AND status='accepted') AS accepted, sum(kind='send') AS messages, " ..
  "sum(kind='page' AND status='accepted') AS pages, max(CASE WHEN kind='send' THEN accepted_at END) - " ..
  "(SELECT scheduled_at FROM run ORDER BY id DESC LIMIT 1) AS took_ms, " ..
  "(SELECT count(*) FROM run WHERE status<>'done' AND wait IS NOT 'ask') AS not_done FROM message"

local function must_agree(out, books, texts, pages)
  assert(out.arrived == texts + pages and out.repeats == 0,
    ("%d messages and %d repeats arrived, of %d"):format(out.arrived, out.repeats, texts + pages))
  assert(books.accepted == texts and books.messages == texts and books.not_done == 0,
    ("%d texts: the books say %d accepted of %d, and %d runs not done"):format(texts, books.accepted, books.messages, books.not_done))
end

-- How many texts had arrived when the last page did, and how many ms after the first arrival that was.
local function last_page(place)
  local _, list = machine.get(place.sink_port, "/arrivals")
  local texts, first, before, ms = 0, nil, 0, 0
  for us, class in list:gmatch "(%d+) (%S+) [^\n]*\n" do
    first = first or us
    if class == "education" then texts = texts + 1 else before, ms = texts, (us - first) / 1000 end
  end
  return before, ms
end

-- base: see ground.on. wanted: texts, pages, start (of the daemon's clock).
function due.play(base, wanted)
  return ground.on(base, function(place)
    local expected = wanted.texts + (wanted.pages or 0)
    ground.start_sink(place)
    ground.start_daemon(place, wanted.start)
    local before, cpu = ground.metrics(place), machine.cpu(place.daemon)
    machine.till("all messages at the sink", 120, 100, function() return ground.sink_stats(place).distinct >= expected end)
    machine.till("the last result", 60, 20, function() return ground.metrics(place).messages_in_flight == 0 end)
    local after, stats = ground.metrics(place), ground.sink_stats(place)
    local out = { cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM"), repeats = stats.repeats,
      arrived = stats.distinct, sink_seconds = (stats.last_us - stats.first_us) / 1e6, connections = stats.most_connections - 1 }
    out.batch = (after.works_total - before.works_total) / (after.batches_total - before.batches_total)
    out.commit_seconds = after.commit_seconds_total - before.commit_seconds_total
    out.stall = after.loop_stall_most_seconds
    if wanted.pages then out.texts_before_page, out.page_ms = last_page(place) end
    ground.stop_daemon(place)
    local books = ground.ask(place, BOOKS)
    must_agree(out, books, wanted.texts, wanted.pages or 0)
    out.seconds = books.took_ms / 1000
    return out
  end)
end

-- The HTTP client and the sink with nothing between them, POSTs a second.
function due.raw_posts(count)
  return ground.in_folder(function(folder)
    local place = { folder = folder }
    ground.start_sink(place)
    local out = ground.raw("posts %d %d", place.sink_port, count)
    machine.stop(place.sink)
    return out.per_second
  end)
end

function due.raw_commits(rows, batches)
  return ground.in_folder(function(folder) return ground.raw("commits '%s' %d %d", folder, batches, rows).per_second end)
end

function due.note(m)
  return ("the sink saw them within %.2f s over %d connections; %.0f works a commit; commits took %.1f s; longest stall %.2f s"):format(
    m.sink_seconds, m.connections, m.batch, m.commit_seconds, m.stall)
end

return due
