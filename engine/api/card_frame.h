// Cards that are handed to patients: an A6 page with the brand above, the ward's number
// below, and what the card is for between them.
#pragma once

#include "api/call.h"

struct card {
  struct care *care;
  int64_t patient;
  bool english;
  char *department, *program;  // of the newest enrollment; NULL without one
};

void card_open(struct card *card, struct care *care, int64_t patient, bool english);
void card_deinit(struct card *card);
const char *card_say(const struct card *card, const char *zh, const char *en);
// As the call asks for it, else the patient's language.
bool card_in_english(struct call *call, int64_t patient);
void card_qr(const char *text, struct buf *out);
// The whole page; middle is HTML.
void card_put(const struct card *card, const char *title, const struct buf *middle,
              struct buf *out);
void card_send(struct http_request *request, const struct buf *page);
