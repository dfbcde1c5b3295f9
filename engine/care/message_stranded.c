#include "care/message_stranded.h"

void message_stranded(struct care *care, struct buf *out) {
  struct stmt *row = store_query(care->store,
                                 "SELECT count(*), group_concat(DISTINCT via), "
                                 "group_concat(DISTINCT department) FROM"
                                 " message WHERE status='held' AND reason='no-channel'",
                                 "");
  if (stmt_row(row) && stmt_int(row, 0)) {
    const char *via = stmt_text(row, 1);
    buf_printf(
        out,
        "%lld message(s) of %s wait for a channel that is not configured (%s): name "
        "it in channels, or take it out of the script\n",
        (long long)stmt_int(row, 0), stmt_text(row, 2), via ? via : "any");
  }
  stmt_done(row);
}
