// What the providers of channels call: /channels/<name>/receipt and …/inbound.
#pragma once

#include "api/api.h"

void callback_handle(struct api *api, struct http_request *request);
