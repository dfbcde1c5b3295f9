// What a Bundle asks to be written: a batch's entries each by itself, a transaction's in
// one message of the inbox and so in one commit.
#include "fhir/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/mapping.h"

// Who is referred to comes first: types in the order of their table, and among patients
// those that are linked to another last.
static int rank_of(const struct fhir_part *part) {
  struct value resource = value_field(&part->entry, "resource"),
               link = value_field(&resource, "link");
  for (int i = 0; fhir_types[i]; i++)
    if (fhir_types[i] == part->type) return 2 * i + (value_count(&link) > 0);
  return 0;
}

static int by_rank(const void *a, const void *b) {
  const struct fhir_part *one = *(struct fhir_part *const *)a,
                         *other = *(struct fhir_part *const *)b;
  int order = rank_of(one) - rank_of(other);
  return order ? order : (int)one->place - (int)other->place;
}

static void put_entry(const struct fhir_part *part, struct buf *out) {
  struct value resource = value_field(&part->entry, "resource"),
               url = value_field(&part->entry, "fullUrl"),
               match = value_field(&part->request, "ifMatch"),
               exist = value_field(&part->request, "ifNoneExist");
  struct mapping map = mapping_begin(out);
  mapping_value(&map, "full_url", &url);
  if (part->named) mapping_text(&map, "id", part->id);
  mapping_value(&map, "if_match", &match);
  mapping_value(&map, "if_none_exist", &exist);
  mapping_int(&map, "place", part->place);
  mapping_value(&map, "resource", &resource);
  mapping_text(&map, "type", part->type->name);
  if (part->conditional) fhir_where_put(&part->query, &map);
  mapping_end(&map);
}

static void submit(struct fhir_bundle *bundle, struct fhir_part **parts, uint32_t count,
                   inbox_done *done, void *self) {
  struct buf body = {0};
  struct value view;
  char once[17];
  struct mapping map = mapping_begin(&body);
  mapping_key(&map, "entries");
  size_t list = value_begin_list(&body);
  for (uint32_t i = 0; i < count; i++) put_entry(parts[i], &body);
  value_end(&body, list, count);
  mapping_end(&map);
  value_read_front(body.data, body.len, &view);
  digest_random_id(once);
  kernel_submit(bundle->ask->fhir->care->kernel, bundle->ask->caller->staff, once, "fhir",
                &view, INBOX_APPLIED, done, self);
  buf_deinit(&body);
}

static void settle(struct fhir_bundle *bundle) {
  if (--bundle->left) return;
  struct pending *pending = bundle->pending;
  api_read_begin(pending->api);
  fhir_bundle_answer(bundle);
  pending_free(pending);
}

static void told(struct fhir_part *part, const struct value *result) {
  struct value id = value_field(result, "id"), status = value_field(result, "status"),
               detail = value_field(result, "detail");
  char *text = value_copy_text(&id), *why = value_copy_text(&detail);
  part->status = (int)value_int_or(&status, 500);
  if (text && part->status < 300) {
    memset(part->id, 0, sizeof part->id);
    memcpy(part->id, text, strlen(text) < FHIR_ID ? strlen(text) : FHIR_ID - 1);
  }
  if (why) buf_puts(&part->detail, why);
  mem_free(text);
  mem_free(why);
}

static void on_part(void *self, int64_t row, const struct value *result) {
  struct fhir_part *part = self;
  struct value status = value_field(result, "status"),
               entries = value_field(result, "entries"), entry = value_at(&entries, 0);
  (void)row;
  told(part, value_int_or(&status, 500) < 300 ? &entry : result);
  settle(part->bundle);
}

static void on_whole(void *self, int64_t row, const struct value *result) {
  struct fhir_bundle *bundle = self;
  struct value status = value_field(result, "status"),
               entries = value_field(result, "entries");
  bool good = value_int_or(&status, 500) < 300;
  (void)row;
  for (uint32_t i = 0; i < bundle->ordered; i++) {
    struct value entry = value_at(&entries, i);
    told(bundle->order[i], good ? &entry : result);
  }
  settle(bundle);
}

static void order(struct fhir_bundle *bundle) {
  bundle->order = mem_alloc((bundle->count + 1) * sizeof(struct fhir_part *));
  for (uint32_t i = 0; i < bundle->count; i++)
    if (bundle->parts[i].act == FHIR_PART_WRITE && !bundle->parts[i].status)
      bundle->order[bundle->ordered++] = &bundle->parts[i];
  qsort(bundle->order, bundle->ordered, sizeof *bundle->order, by_rank);
}

static void submit_all(struct fhir_bundle *bundle) {
  bool refused = bundle->transaction && fhir_bundle_refused(bundle);
  bundle->left = 1;
  order(bundle);
  if (!refused && bundle->transaction && bundle->ordered) {
    bundle->left++;
    submit(bundle, bundle->order, bundle->ordered, on_whole, bundle);
  }
  for (uint32_t i = 0; !bundle->transaction && i < bundle->ordered; i++) {
    bundle->left++;
    submit(bundle, &bundle->order[i], 1, on_part, bundle->order[i]);
  }
  settle(bundle);
}

static const char *wrong(const struct value *body, int *status) {
  struct value name = value_field(body, "resourceType"), type = value_field(body, "type"),
               entries = value_field(body, "entry");
  *status = 422;
  if (!value_is(&name, "Bundle") ||
      (!value_is(&type, "transaction") && !value_is(&type, "batch")))
    return "type: what is posted here is a Bundle of type batch or transaction";
  *status = 413;
  return value_count(&entries) > FHIR_ENTRIES_MOST ? "entry: at most 1000 at once" : NULL;
}

void fhir_bundle(struct fhir_ask *ask) {
  struct value type = value_field(&ask->body, "type");
  int status;
  const char *why = wrong(&ask->body, &status);
  if (why) {
    fhir_problem(ask, status, "%s", why);
    fhir_ask_free(ask);
    return;
  }
  struct fhir_bundle *bundle = fhir_bundle_read(ask, value_is(&type, "transaction"));
  bundle->pending = pending_new(ask->fhir->api, ask->request, NULL);
  bundle->pending->held = bundle;
  bundle->pending->drop = fhir_bundle_free;
  submit_all(bundle);
}
