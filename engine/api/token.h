// Bearer tokens: who calls, what they may do, and which departments' patients they see.
#pragma once

#include <stdbool.h>

#include "base/status.h"
#include "base/value.h"

enum scope {
  SCOPE_READ = 1,      // lists and look-ups
  SCOPE_STAFF = 2,     // tasks, alerts, messages, duty; includes read
  SCOPE_EVENTS = 4,    // hospital systems post events
  SCOPE_CONTACTS = 8,  // names and numbers unmasked
  SCOPE_ADMIN = 16     // everything, and staff
};

struct caller {       // one entry of `tokens`
  char digest[33];    // of the token
  char *staff;        // login, in the audit and in "claimed by"; owned
  char *departments;  // JSON list for the reading filter, NULL for all; owned
  unsigned scopes;
};

struct tokens {
  struct caller *callers;  // owned
  uint32_t count;
};

// Reads settings.tokens: a list of { token or token_hash, staff, scopes, departments }.
// departments is a list or "all". The text names the entry, what is wrong and the remedy.
int tokens_read(struct tokens *tokens, const struct value *settings,
                struct status *status);
// One of the engine's own, beside those of the settings: token must be a secret.
void tokens_add(struct tokens *tokens, const char *token, const char *staff,
                unsigned scopes);
void tokens_deinit(struct tokens *tokens);
// The caller of an Authorization header; NULL when nobody. Takes as long for any token.
const struct caller *tokens_find(const struct tokens *tokens, const char *authorization);
// Why it is nobody's, in a sentence that says what to send.
const char *tokens_refusal(const char *authorization);
bool caller_may(const struct caller *caller, unsigned scope);
