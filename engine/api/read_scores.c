// GET /api/v1/patients/ID/scores: what scores and models gave, with what they counted;
// the newest first.
#include "api/access.h"
#include "api/read.h"

enum { SCORES = 200 };

void read_scores(struct call *call) {
  int64_t patient = call_row(call, 1, 'p');
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!patient || !access_patient(call, patient)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return;
  }
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT name, version, at, level, department, enrollment, run, body "
                  "FROM score WHERE patient=?1 AND " ACCESS_DEPARTMENT(
                      "department", "2") " ORDER BY id DESC LIMIT ?3",
                  "iti", patient, access_departments(call), (int64_t)SCORES);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  while (stmt_row(row))
    call_put_row(call, &json, row,
                 "score:s version:s at:z level:s department:s enrollment:@e run:@r "
                 "result:v");
  stmt_done(row);
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}
