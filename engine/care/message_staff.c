#include "care/message_staff.h"

#include <stdio.h>
#include <string.h>

#include "care/alert.h"

static bool find_login(struct care *care, const struct message *message, char *login,
                       size_t size) {
  const char *audience = message->audience;
  login[0] = '\0';
  if (strncmp(audience, "staff:", 6) == 0)
    snprintf(login, size, "%s", audience + 6);
  else if (strncmp(audience, "role:", 5) == 0)
    duty_find(care, message->department, audience + 5, login, size);
  return login[0] != '\0';
}

bool message_staff_address(struct care *care, const struct message *message,
                           const char *kind, char *out, size_t size) {
  char login[128];
  bool wecom = strcmp(kind, "wecom") == 0;
  out[0] = '\0';
  if ((!wecom && strcmp(kind, "phone")) ||
      !find_login(care, message, login, sizeof login))
    return false;
  struct stmt *row =
      store_query(care->store, "SELECT iif(?2, wecom, phone) FROM staff WHERE login=?1",
                  "ti", login, (int64_t)wecom);
  if (stmt_row(row) && !stmt_null(row, 0)) snprintf(out, size, "%s", stmt_text(row, 0));
  stmt_done(row);
  return out[0] != '\0';
}
