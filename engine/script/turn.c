#include "script/turn.h"

#include <lua.h>
#include <string.h>

#include "script/context.h"
#include "script/sandbox.h"
#include "script/values.h"

static bool push_body(const struct turn_input *input, struct bundle *bundle) {
  if (strcmp(input->kind, "watch") == 0)
    return bundle_push_watch(bundle, input->pathway, input->name, "run");
  if (strcmp(input->kind, "job") == 0)
    return bundle_push(bundle, "job", input->name, "run");
  return input->pathway && bundle_push_step(bundle, input->pathway, input->name, "run");
}

static void stick(struct turn_output *out, enum turn_end end) {
  out->end = end;
  buf_clear(&out->records);
  out->count = 0;
}

static void stick_with(struct turn_output *out, enum turn_end end, const char *cause) {
  stick(out, end);
  buf_clear(&out->cause);
  buf_puts(&out->cause, cause);
}

// The body is at its end; the journal must be, too.
static void check_left_over(const struct journal *journal, struct turn_output *out) {
  struct buf described = {0};
  if (journal->damaged) {
    stick(out, TURN_STUCK);
    buf_printf(&out->cause, "the journal is damaged at %u", journal->position);
  } else if (journal->more) {
    stick(out, TURN_STUCK);
    record_describe(&described, &journal->next);
    buf_printf(&out->cause, "recorded %s at %u, the script ended", buf_text(&described),
               journal->position);
  }
  buf_deinit(&described);
}

static void conclude(struct context *context, enum sandbox_result result,
                     const struct status *status) {
  struct turn_output *out = context->out;
  switch (result) {
    case SANDBOX_DONE:
      out->end = TURN_FINISHED;
      check_left_over(&context->journal, out);
      break;
    case SANDBOX_YIELDED: break;  // context said what it waits for
    case SANDBOX_ENDED:
      if (out->end == TURN_STUCK)
        stick(out, TURN_STUCK);
      else
        check_left_over(&context->journal, out);
      break;
    case SANDBOX_FAILED: stick_with(out, TURN_STUCK, status->text); break;
    case SANDBOX_OVER_TIME:
    case SANDBOX_OVER_MEMORY:
      stick_with(out, TURN_BREACH, status->text);
      buf_printf(&out->cause, " (%s %s)", context->input->kind, context->input->name);
      break;
  }
}

static void resume(lua_State *L, struct context *context,
                   const struct turn_input *input) {
  struct context **handle;
  struct status status = {0};
  int results = 0, base = lua_gettop(L) - 1;
  lua_State *co = lua_newthread(L);
  context_push(L, context, &handle);
  lua_pushvalue(L, base + 1);  // the body
  lua_pushvalue(L, -2);        // p
  lua_xmove(L, co, 2);
  bool watch = strcmp(input->kind, "watch") == 0;
  if (watch && values_push(co, &input->flag, &status) != 0) lua_pushnil(co);
  enum sandbox_result result = sandbox_resume(co, L, watch ? 2 : 1, &results, &status);
  conclude(context, result, &status);
  context_deinit(context, handle);
  lua_settop(L, base);  // the thread is garbage now
}

void turn_run(struct bundle *bundle, const struct turn_input *input,
              struct turn_output *out) {
  lua_State *L = bundle_lua(bundle);
  struct sandbox *sandbox = bundle_sandbox(bundle);
  struct status status = {0};
  struct calls *calls = calls_of(bundle);
  if (!lua_checkstack(L, 20) || !push_body(input, bundle)) {
    stick(out, TURN_STUCK);
    buf_printf(&out->cause, "the bundle has no %s %s", input->kind, input->name);
    return;
  }
  struct context context = {.bundle = bundle,
                            .calls = calls,
                            .facts = input->facts,
                            .input = input,
                            .out = out};
  journal_start(&context.journal, input->journal, input->journal_len);
  sandbox_turn(sandbox, 0, input->seed);
  calls->running++;
  resume(L, &context, input);
  calls->running--;
  if (sandbox_seal_check(L, bundle_seal(bundle), &status) != 0 && out->end != TURN_BREACH)
    stick_with(out, TURN_STUCK, status.text);
  out->crowded = out->replayed + out->count >= JOURNAL_WARN;
}

void turn_output_deinit(struct turn_output *out) {
  buf_deinit(&out->records);
  buf_deinit(&out->cause);
}
