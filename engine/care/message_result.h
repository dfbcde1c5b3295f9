// Results and receipts within a batch; message.h has the doors from outside.
#pragma once

#include "care/message_row.h"

// How long to wait before try number tries + 1 of this message.
int64_t message_backoff(int64_t message, int64_t tries);
// Until when the channel takes this generation's key for what it may have had; 0: it
// doesn't.
int64_t message_keyed_until(struct care *care, const struct message *message);
void message_result_apply(struct care *care, int64_t attempt,
                          const struct channel_result *result);
void message_accepted(struct care *care, struct message *message);
void message_delivered(struct care *care, struct message *message);
// A receipt that was here before the acceptance or the doubt it belongs to.
void message_receipt_early(struct care *care, int64_t attempt);
void message_receipt_handlers(struct care *care);  // inbox "receipt"
