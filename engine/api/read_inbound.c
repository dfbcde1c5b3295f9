// What people wrote to our channels.
#include "api/access.h"
#include "api/read.h"

// Whose number it is not known of only those see who see every department.
void read_inbound(struct call *call) {
  struct list list;
  bool bad = false;
  const char *channel = call_filter(call, "channel", &bad);
  int64_t patient = bad ? 0 : call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 'w')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT inbound.id, channel, inbound.kind, coalesce(inbound.patient, own.id), text,"
      " outcome, department, at, received_at FROM inbound JOIN identity ON"
      " identity.id=inbound.identity LEFT JOIN patient own ON own.id=identity.person "
      "WHERE"
      " inbound.id>?1 AND (?3 IS NULL OR channel=?3) AND (?4 IS NULL OR"
      " coalesce(inbound.patient, own.id)=?4) AND " ACCESS_PATIENT(
          "coalesce(inbound.patient, own.id)", "5", "6") " ORDER BY inbound.id LIMIT ?2",
      "iitIti", list.after, list.limit + 1, channel, patient, access_departments(call),
      kernel_now(call->care->kernel));
  while (list_row(&list, row))
    call_put_row(call, &list.json, row,
                 "id:@w channel:s kind:s patient:@p text:s outcome:s department:s at:z "
                 "received_at:z");
  stmt_done(row);
  list_end(&list);
}
