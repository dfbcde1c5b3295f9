// What people do with an alert: acknowledge, act, close.
#pragma once

#include "care/care.h"

void alert_inbox_handlers(
    struct care *care);  // inbox "alert.ack" "alert.act" "alert.done"
