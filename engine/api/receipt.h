// What providers say of messages later: POST /channels/<name>/receipt.
#pragma once

#include "api/api.h"

// Answered once what was said is committed; 507 when it could not be written, so that the
// provider says it again.
void receipt_handle(struct api *api, struct http_request *request);
