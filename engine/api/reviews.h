// What others' platforms tell us that people wrote of the hospital: signed, by licence.
#pragma once

#include "api/api.h"

// The settings' reviews: a map of a platform's name to { secret }. The text says which
// and why.
int reviews_check(const struct value *settings, struct status *status);
// POST /reviews/NAME, with Afterward-Time (seconds since 1970) and Afterward-Signature
// (HMAC-SHA256 of "<time>.<body>" under the secret, as hex): { id, at, text } and stars,
// name, ward. The same id again changes nothing.
void reviews_handle(struct api *api, struct http_request *request);
