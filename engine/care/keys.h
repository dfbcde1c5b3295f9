// The keys of this database: public ids and signed links are made with them. Drawn once.
#pragma once

#include "base/link_token.h"
#include "base/public_id.h"
#include "store/store.h"

struct keys {
  unsigned char public_id[PUBLIC_ID_KEY];
  unsigned char link[LINK_TOKEN_KEY];
};

// Reads them, drawing and storing what is missing. Within a transaction it writes there,
// else in one of its own.
int keys_load(struct store *store, struct keys *keys, struct status *status);
