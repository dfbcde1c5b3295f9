#include "api/read_rung.h"

// Where it is now: "waiting" for its time or for a person, "ahead", "left", or how it all
// ended.
#define STANDS                                                                     \
  "CASE WHEN r.left_at IS NOT NULL THEN 'left' WHEN r.began_at IS NULL THEN"       \
  " iif(l.closed_at IS NULL, 'ahead', 'not needed') WHEN l.closed_at IS NULL THEN" \
  " iif(r.taken_at IS NULL, 'leaving', 'waiting') ELSE 'ended' END"

void read_rungs(struct call *call, struct json *json, int64_t message, int64_t run) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT l.name, r.position, r.channel, r.audience, " STANDS
      ", r.began_at, r.taken_at, r.left_at, coalesce(r.why, iif(r.position=l.at,"
      " l.reason, NULL)), iif(r.position=l.at, l.due_at, NULL), r.message, r.task FROM"
      " ladder l JOIN rung r ON r.ladder=l.id WHERE l.run=?2 OR (?2=0 AND l.id=(SELECT"
      " ladder FROM rung WHERE message=?1)) ORDER BY l.id, r.position LIMIT 200",
      "ii", message, run);
  json_key(json, "rungs");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row,
                 "name:s rung:i channel:s to:s is:s began_at:z taken_at:z left_at:z why:s"
                 " until:z message:@m task:@t");
  stmt_done(row);
  json_close(json, ']');
}
