#include "api/token.h"

#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/mem.h"

enum { TOKEN_SHORTEST = 16, TOKEN_LONGEST = 256 };

static const struct {
  const char *word;
  unsigned bits;
} scope_words[] = {
    {"read", SCOPE_READ},
    {"staff", SCOPE_STAFF | SCOPE_READ},
    {"events", SCOPE_EVENTS},
    {"contacts", SCOPE_CONTACTS},
    {"admin", SCOPE_READ | SCOPE_STAFF | SCOPE_EVENTS | SCOPE_CONTACTS | SCOPE_ADMIN},
};

static int read_digest(struct caller *caller, const struct value *entry,
                       struct status *status) {
  struct value token = value_field(entry, "token"),
               hash = value_field(entry, "token_hash");
  if (token.kind == VALUE_TEXT && token.text.len >= TOKEN_SHORTEST &&
      token.text.len <= TOKEN_LONGEST) {
    digest_hex(token.text.data, token.text.len, caller->digest);
    return OK;
  }
  if (hash.kind == VALUE_TEXT && hash.text.len == 32) {
    memcpy(caller->digest, hash.text.data, 32);
    return OK;
  }
  return status_fail(
      status, ERR_INVALID,
      "give token (16 to 256 characters) or token_hash (its 16-byte BLAKE2b "
      "as 32 hex digits)");
}

static int add_scope(struct caller *caller, const struct value *word,
                     struct status *status) {
  for (size_t i = 0; i < sizeof scope_words / sizeof *scope_words; i++)
    if (value_is(word, scope_words[i].word)) {
      caller->scopes |= scope_words[i].bits;
      return OK;
    }
  return status_fail(status, ERR_INVALID,
                     "scopes: use of \"read\", \"staff\", \"events\", \"contacts\", "
                     "\"admin\"");
}

static int read_scopes(struct caller *caller, const struct value *entry,
                       struct status *status) {
  struct value scopes = value_field(entry, "scopes"), word;
  struct value_iter iter = value_iterate(&scopes);
  while (value_next(&iter, NULL, &word))
    if (add_scope(caller, &word, status)) return status->code;
  if (caller->scopes) return OK;
  return status_fail(status, ERR_INVALID,
                     "scopes is missing: give { \"read\" } at least");
}

static int read_departments(struct caller *caller, const struct value *entry,
                            struct status *status) {
  struct value departments = value_field(entry, "departments"), word;
  struct buf json = {0};
  if (value_is(&departments, "all")) return OK;
  struct value_iter iter = value_iterate(&departments);
  while (value_next(&iter, NULL, &word))
    if (word.kind != VALUE_TEXT) departments.kind = VALUE_NIL;
  if (departments.kind != VALUE_LIST || !value_count(&departments))
    return status_fail(status, ERR_INVALID,
                       "departments: give a list of department ids, or \"all\"");
  value_to_json(&json, &departments);
  caller->departments = buf_take(&json);
  return OK;
}

static int read_caller(struct caller *caller, const struct value *entry,
                       struct status *status) {
  struct value staff = value_field(entry, "staff");
  if (staff.kind != VALUE_TEXT || !staff.text.len || staff.text.len > 100)
    return status_fail(status, ERR_INVALID, "staff: give the login of who holds it");
  caller->staff = value_copy_text(&staff);
  if (read_digest(caller, entry, status) || read_scopes(caller, entry, status))
    return status->code;
  return read_departments(caller, entry, status);
}

int tokens_read(struct tokens *tokens, const struct value *settings,
                struct status *status) {
  struct value list = value_field(settings, "tokens"), entry;
  struct value_iter iter = value_iterate(&list);
  *tokens = (struct tokens){
      .callers = mem_alloc((value_count(&list) + 1) * sizeof *tokens->callers)};
  while (value_next(&iter, NULL, &entry))
    if (read_caller(&tokens->callers[tokens->count++], &entry, status)) {
      status_prefix(status, "tokens[%u]", tokens->count);
      tokens_deinit(tokens);
      return status->code;
    }
  return OK;
}

void tokens_add(struct tokens *tokens, const char *token, const char *staff,
                unsigned scopes) {
  tokens->callers =
      mem_resize(tokens->callers, (tokens->count + 1) * sizeof *tokens->callers);
  struct caller *caller = &tokens->callers[tokens->count++];
  *caller = (struct caller){.staff = mem_copy_text(staff), .scopes = scopes};
  digest_hex(token, strlen(token), caller->digest);
}

void tokens_deinit(struct tokens *tokens) {
  for (uint32_t i = 0; i < tokens->count; i++) {
    mem_free(tokens->callers[i].staff);
    mem_free(tokens->callers[i].departments);
  }
  mem_free(tokens->callers);
  *tokens = (struct tokens){0};
}

const struct caller *tokens_find(const struct tokens *tokens, const char *authorization) {
  const struct caller *found = NULL;
  char digest[33];
  if (!authorization || strncasecmp(authorization, "Bearer ", 7)) return NULL;
  const char *token = authorization + 7;
  while (*token == ' ') token++;
  size_t len = strlen(token);
  digest_hex(token, len > TOKEN_LONGEST ? TOKEN_LONGEST : len, digest);
  for (uint32_t i = 0; i < tokens->count; i++)
    if (digest_equal(digest, 32, tokens->callers[i].digest, 32))
      found = &tokens->callers[i];
  return len > TOKEN_LONGEST ? NULL : found;
}

const char *tokens_refusal(const char *authorization) {
  static const char prefix[] = "Bearer ";
  if (!authorization || !*authorization)
    return "no token came: send one of the configuration's tokens, Authorization: "
           "Bearer …";
  if (strncasecmp(authorization, prefix, sizeof prefix - 1) != 0)
    return "the Authorization header is no token: send Authorization: Bearer …";
  return "the token that came is none of the configuration's tokens (key tokens of "
         "afterward.lua): it is wrong, cut short, or was taken out";
}

bool caller_may(const struct caller *caller, unsigned scope) {
  return (caller->scopes & scope) == scope;
}
