// One message sent for real that is nobody's.
#pragma once

#include "link/dispatcher.h"

// done is told {detail, id, result, steps = list of {answer, error, request}}, once,
// unless this fails. Secrets are masked.
int channels_test(struct dispatcher *dispatcher, const struct outgoing *outgoing,
                  inbox_done *done, void *ctx, struct status *status);
