// Looks for changes that somebody wants to know of, and has them told.
#include "fhir/hook.h"

#include <string.h>

#include "base/mem.h"
#include "fhir/hook_parts.h"

enum { SUBSCRIPTIONS_MOST = 100 };

static struct hook *hook_of(struct fhir_hooks *hooks, int64_t subscription) {
  for (struct hook *hook = hooks->list; hook; hook = hook->next)
    if (hook->subscription == subscription) return hook;
  struct hook *hook = mem_alloc(sizeof *hook);
  *hook =
      (struct hook){.hooks = hooks, .subscription = subscription, .next = hooks->list};
  return hooks->list = hook;
}

static const struct caller *caller_of(const struct fhir *fhir, const char *staff) {
  const struct tokens *tokens = &fhir->api->tokens;
  for (uint32_t i = 0; i < tokens->count; i++)
    if (!strcmp(tokens->callers[i].staff, staff) &&
        caller_may(&tokens->callers[i], SCOPE_READ))
      return &tokens->callers[i];
  return NULL;
}

static void read_row(struct fhir *fhir, struct stmt *row, struct subscription *out) {
  const char *type = stmt_text(row, 1), *statuses = stmt_text(row, 5);
  *out = (struct subscription){.id = stmt_int(row, 0),
                               .type = fhir_type_find(type, strlen(type)),
                               .caller = caller_of(fhir, stmt_text(row, 2)),
                               .told = stmt_int(row, 3),
                               .patient = stmt_int(row, 4),
                               .statuses = statuses ? mem_copy_text(statuses) : NULL,
                               .endpoint = mem_copy_text(stmt_text(row, 6)),
                               .headers = mem_copy_text(stmt_text(row, 7)),
                               .payload = stmt_int(row, 8),
                               .broken = stmt_int(row, 9)};
}

static void subscription_deinit(struct subscription *subscription) {
  mem_free(subscription->statuses);
  mem_free(subscription->endpoint);
  mem_free(subscription->headers);
}

static int read_all(struct fhir *fhir, struct subscription out[SUBSCRIPTIONS_MOST]) {
  struct stmt *row = store_query(
      fhir->care->store,
      "SELECT id, type, staff, told, coalesce((SELECT merged_into FROM patient p WHERE"
      " p.id=s.patient), patient), statuses, endpoint, headers, payload,"
      " status='error' FROM fhir_subscription s WHERE status<>'off' ORDER BY id LIMIT ?1",
      "i", (int64_t)SUBSCRIPTIONS_MOST);
  int count = 0;
  while (stmt_row(row)) read_row(fhir, row, &out[count++]);
  stmt_done(row);
  return count;
}

static void serve(struct fhir_hooks *hooks, const struct subscription *subscription) {
  struct hook *hook = hook_of(hooks, subscription->id);
  if (hook->busy || hook->next_ms > loop_now(hooks->loop)) return;
  if (hook->told < subscription->told) hook->told = subscription->told;
  hook->broken = subscription->broken;
  if (!subscription->caller)
    hook_keep(hook, "off", "the token of who subscribed is no more");
  else if (hook_fill(hook, subscription))
    hook_send(hook);
}

void fhir_hooks_warn(struct fhir *fhir, struct buf *out) {
  struct stmt *row = store_query(
      fhir->care->store,
      "SELECT staff, type, error, status='off' FROM fhir_subscription WHERE "
      "status='error' OR status='off' AND error IS NOT NULL ORDER BY id LIMIT ?1",
      "i", (int64_t)SUBSCRIPTIONS_MOST);
  while (stmt_row(row))
    buf_printf(
        out,
        stmt_int(row, 3)
            ? "the FHIR subscription of %s to %s was given up: %s; subscribe again\n"
            : "the FHIR subscription of %s to %s is not taken: %s; it is tried "
              "again\n",
        stmt_text(row, 0), stmt_text(row, 1), stmt_text(row, 2));
  stmt_done(row);
}

// What is not synced yet nobody may be told of.
static void look(void *self) {
  struct fhir_hooks *hooks = self;
  struct subscription all[SUBSCRIPTIONS_MOST];
  if (hooks->stopped) return;
  int count = store_synced(hooks->fhir->care->store) ? read_all(hooks->fhir, all) : 0;
  for (int i = 0; i < count; i++) {
    serve(hooks, &all[i]);
    subscription_deinit(&all[i]);
  }
  if (hooks->any) loop_timer_arm(hooks->timer, HOOK_LOOK_MS);
}

struct fhir_hooks *fhir_hooks_new(struct fhir *fhir, struct loop *loop,
                                  struct http_thread *client) {
  struct fhir_hooks *hooks = mem_alloc(sizeof *hooks);
  *hooks = (struct fhir_hooks){.fhir = fhir, .loop = loop, .client = client};
  hooks->timer = loop_timer_new(loop, look, hooks);
  fhir_hooks_watch(hooks);
  return hooks;
}

void fhir_hooks_stop(struct fhir_hooks *hooks) {
  if (!hooks || hooks->stopped) return;
  hooks->stopped = true;
  loop_timer_free(hooks->timer);
}

void fhir_hooks_free(struct fhir_hooks *hooks) {
  if (!hooks) return;
  fhir_hooks_stop(hooks);
  while (hooks->list) {
    struct hook *hook = hooks->list;
    hooks->list = hook->next;
    buf_deinit(&hook->url);
    buf_deinit(&hook->body);
    buf_deinit(&hook->headers);
    mem_free(hook);
  }
  mem_free(hooks);
}
