// Structured log lines on stderr: "level event key=value …", with journald priorities.
// Ids only, never names.
#pragma once

enum log_level {
  LOG_LEVEL_ERROR = 3,
  LOG_LEVEL_WARN = 4,
  LOG_LEVEL_INFO = 6,
  LOG_LEVEL_DEBUG = 7
};

// Lines above this level are dropped; process-wide, set once at start.
void log_set_level(enum log_level level);
// event is a short stable word ("message.accepted"); format gives "key=value key=value".
void log_line(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
