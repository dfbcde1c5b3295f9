// What a sender is answered.
#pragma once

#include "message.h"

enum ack_code { ACK_ACCEPT, ACK_ERROR, ACK_REJECT };  // AA AE AR, or CA CE CR

struct ack {
  enum ack_code code;
  int error;         // of HL7 table 0357: 101, 205 …; 0: none
  const char *why;   // a sentence; NULL for none
  const char *id;    // its own control id
  const char *when;  // "20260302151500"
};

// Whether this sender wants an acknowledgment of this kind (MSH-15: it was taken and
// kept; MSH-16: what became of it). Without either field only the second, always.
bool ack_wanted(const struct message *message, bool accept, enum ack_code code);
// Appends the acknowledgment of a message, with the message's own delimiters.
void ack_put(const struct message *message, bool accept, const struct ack *ack,
             struct text *out);
