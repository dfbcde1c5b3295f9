// Error codes and the text that goes with them: every function that can fail returns 0 or
// one of these.
#pragma once

enum status_code {
  OK = 0,
  ERR_INVALID = -1,    // the caller's input is wrong; the text says field and remedy
  ERR_NOT_FOUND = -2,  // no such thing
  ERR_CONFLICT = -3,   // the thing is not in the state this needs
  ERR_LIMIT = -4,      // a stated limit was passed
  ERR_IO = -5,         // the machine refused: disk, network
  ERR_FULL = -6,       // no space; the same call can succeed later
  ERR_INTERNAL = -7,   // a promise inside the engine was broken
};

struct status {
  int code;        // 0 or one of enum status_code
  char text[512];  // one sentence, without a trailing newline; empty when code is 0
};

// Sets code and text, cutting text that does not fit on a UTF-8 boundary; returns code.
int status_fail(struct status *status, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__  // it sees one file at a time, and can't know that this fails
#define status_fail(status, code, ...) (status_fail(status, code, __VA_ARGS__), (code))
#endif
// Puts "prefix: " before the text that is there; returns status->code.
int status_prefix(struct status *status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
