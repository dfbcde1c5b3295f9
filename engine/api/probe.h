// What monitoring asks: /healthz and /metrics.
#pragma once

#include "api/api.h"

void probe_health(struct api *api, struct http_request *request);
void probe_metrics(struct api *api, struct http_request *request);
