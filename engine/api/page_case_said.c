// What the hospital has said to who sent an item: on its page it stands for who left no
// number, too, and safety first.
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "care/message_said.h"

// What tells the number stands above already.
static void put_one(const struct page *page, struct stmt *row, const char *number,
                    struct buf *out) {
  struct buf text = {0};
  bool safety = stmt_int(row, 1) != 0, reply = stmt_int(row, 2) != 0;
  if (message_said(page->care, stmt_int(row, 0), &text) && text.len &&
      !strstr(buf_text(&text), number)) {
    if (reply) buf_printf(out, "<h1>%s</h1>", page_say(page, "答复", "Our answer"));
    buf_puts(out, safety ? "<p class=\"w\" role=\"alert\">" : "<p>");
    html_lines(out, text.data, text.len);
    buf_puts(out, "</p>");
  }
  buf_deinit(&text);
}

void page_case_said(const struct page *page, const char *number, struct buf *out) {
  struct stmt *rows = store_query(
      page->care->store,
      "SELECT m.id, m.class='safety' AS safe, m.name='reply' FROM case_file c JOIN "
      "message"
      " m ON m.patient=c.sender AND m.enrollment=c.enrollment WHERE c.number=?1 AND"
      " m.kind='send' AND m.status<>'cancelled' AND coalesce(m.reason, '')<>'disputed'"
      " ORDER BY safe DESC, m.id",
      "t", number);
  while (stmt_row(rows)) put_one(page, rows, number, out);
  stmt_done(rows);
}
