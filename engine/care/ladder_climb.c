#include "care/ladder_climb.h"

#include <string.h>

void climb_load(struct care *care, int64_t ladder, int64_t position, struct climb *out) {
  memset(out, 0, sizeof *out);
  out->live = ladder_load(care, ladder, &out->ladder) && !out->ladder.closed;
  if (!position) position = out->ladder.at;
  bool found = out->live && rung_load(care, &out->ladder, position, &out->rung);
  out->present = found && position == out->ladder.at;
}

void climb_deinit(struct climb *climb) {
  rung_deinit(&climb->rung);
  ladder_deinit(&climb->ladder);
}

enum channel_receipts rung_receipts(struct care *care, const struct rung *rung) {
  const struct channels_port *port = &care->channels;
  return port->receipts ? port->receipts(port->self, rung->channel) : RECEIPTS_NONE;
}

struct signs signs_of(struct care *care, const struct ladder *ladder,
                      const struct rung *rung) {
  struct signs signs = {0};
  struct stmt *row = store_query(
      care->store,
      "SELECT status='delivered', status='in_doubt', max(coalesce(read_at,0),"
      " coalesce((SELECT seen_at FROM question WHERE id=?2 AND seen_at>=?3), 0))"
      " FROM message WHERE id=?1",
      "iii", rung->message, ladder->question, rung->taken_at);
  if (stmt_row(row))
    signs = (struct signs){.delivered = stmt_int(row, 0) != 0,
                           .doubted = stmt_int(row, 1) != 0,
                           .read_at = stmt_int(row, 2)};
  stmt_done(row);
  return signs;
}
