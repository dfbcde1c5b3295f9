// One HTTP/1.1 message in a buffer, as strictly as test equipment needs: a start line,
// headers, and a body of a stated length.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { WIRE_MOST = 64 * 1024 };  // bytes of a whole message

struct wire {
  const char *line;  // "POST /send HTTP/1.1" or "HTTP/1.1 202 Accepted"; not ended
  size_t line_len;   //
  const char *body;  // within the buffer
  size_t body_len;   //
  bool close;        // the other side says that it closes
};

// Bytes of the first message in data; 0 when more must come, -1 when it is none.
long wire_read(const char *data, size_t len, struct wire *out);
// Listens on 127.0.0.1 or connects to it, not blocking. The descriptor, or -1.
int wire_listen(int *port);
int wire_connect(int port);
// Writes all of it; waits for a slow reader up to a second. False when it is gone.
bool wire_write(int socket, const char *data, size_t len);
