#include "care/run_upgrade.h"

#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/run_version.h"

struct upgrade {
  struct care *care;
  char staff[STAFF_SIZE];
  char *department;
  int64_t version;
  int64_t moved, stayed;
};

static int upgrade_read(struct care *care, const struct value *body, struct upgrade *out,
                        struct status *status) {
  *out = (struct upgrade){.care = care};
  if (field_staff(body, out->staff, status) ||
      field_text(body, "department", 100, &out->department, status) ||
      field_id(body, "version", &out->version, status))
    return status->code;
  if (out->department && out->version == catalog_bundle(care->catalog, out->department))
    return OK;
  return status_fail(status, ERR_CONFLICT,
                     "the scripts have changed meanwhile: try it again");
}

// A run that is due now decides by itself.
static bool may_move(struct upgrade *upgrade, int64_t id, struct run *run) {
  if (!run_load(upgrade->care->store, id, run)) return false;
  if (!strcmp(run->department, upgrade->department) && run->bundle != upgrade->version &&
      (!strcmp(run->status, "waiting") || !strcmp(run->status, "paused")))
    return true;
  run_deinit(run);
  return false;
}

static void move(struct upgrade *upgrade, int64_t id) {
  struct run run;
  if (!may_move(upgrade, id, &run)) return;
  run_version_note(upgrade->care, id,
                   &(struct turned){.began = run.bundle,
                                    .tried = upgrade->version,
                                    .replayed = (uint32_t)run.records});
  store_exec(upgrade->care->store, "UPDATE run SET bundle=?2 WHERE id=?1", "ii", id,
             upgrade->version);
  upgrade->moved++;
  run_deinit(&run);
}

static void stay(struct upgrade *upgrade, const struct value *item) {
  struct run run;
  struct value id = value_field(item, "run"), cause = value_field(item, "cause"),
               position = value_field(item, "position");
  if (!may_move(upgrade, value_int_or(&id, 0), &run)) return;
  struct turned turned = {.began = run.bundle,
                          .tried = upgrade->version,
                          .replayed = (uint32_t)(value_int_or(&position, 1) - 1)};
  if (cause.kind == VALUE_TEXT) buf_put(&turned.stayed, cause.text.data, cause.text.len);
  run_version_note(upgrade->care, run.id, &turned);
  upgrade->stayed++;
  turned_deinit(&turned);
  run_deinit(&run);
}

static void audit(const struct upgrade *upgrade) {
  struct buf detail = {0}, object = {0};
  buf_printf(&object, "bundle:%lld", (long long)upgrade->version);
  buf_printf(&detail, "%lld moved, %lld stay", (long long)upgrade->moved,
             (long long)upgrade->stayed);
  care_audit(upgrade->care, upgrade->staff, "run.upgrade", buf_text(&object),
             buf_text(&detail));
  buf_deinit(&detail);
  buf_deinit(&object);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct upgrade upgrade;
  struct value moves = value_field(&row->body, "moves"),
               stays = value_field(&row->body, "stays"), item;
  int code = upgrade_read(self, &row->body, &upgrade, status);
  struct value_iter iter = value_iterate(&moves);
  while (!code && moves.kind == VALUE_LIST && value_next(&iter, NULL, &item))
    move(&upgrade, value_int_or(&item, 0));
  iter = value_iterate(&stays);
  while (!code && stays.kind == VALUE_LIST && value_next(&iter, NULL, &item))
    stay(&upgrade, &item);
  if (!code) audit(&upgrade);
  mem_free(upgrade.department);
  return code;
}

int run_waive(struct care *care, const struct run *run, const char *staff,
              const char *reason, struct status *status) {
  int64_t newest = catalog_bundle(care->catalog, run->department);
  if (run->bundle == newest)
    return status_fail(status, ERR_CONFLICT,
                       "this run is on the newest version: there is nothing to waive");
  int changed = store_exec(
      care->store,
      "UPDATE run_version SET waived_at=?3, waived_by=?4, waived_reason=?5 WHERE "
      "run=?1 AND bundle=?2 AND reason IS NOT NULL",
      "iiitt", run->id, newest, kernel_now(care->kernel), staff, reason);
  if (changed > 0) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "nobody knows yet whether this run can move: afterward upgrade %s",
                     run->pathway ? run->pathway : run->name);
}

void run_upgrade_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "run.upgrade", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
