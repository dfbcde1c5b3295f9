// What systemd wants to hear: ready, stopping, alive (sd_notify's protocol: one datagram
// to NOTIFY_SOCKET).
#pragma once

#include <stdint.h>

void notify_send(const char *state);  // "READY=1", "STOPPING=1", "RELOADING=1",
                                      // "WATCHDOG=1"; nothing without systemd
int64_t notify_watchdog_ms(
    void);  // half of the time systemd waits for a sign of life; 0: it doesn't
