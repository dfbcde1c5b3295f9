// What is printed: cards that are handed to patients, A6, and a ward's poster, A4; the
// brand above, the number to ring below, and what it is for between them.
#pragma once

#include "api/call.h"

struct card {
  struct care *care;
  int64_t patient;
  bool english;
  char *department, *program;  // of the newest enrollment; NULL without one
  const char *style;           // more of it: a poster's; NULL: none
};

struct pending;
// GET patients/*/…: the patient's code is made or found, and kept who printed it; then
// done is told {code}, with row, kind ('e': in English) and text set.
void card_make(struct call *call, void (*done)(struct pending *, const struct value *),
               const char *text);
// What done was told: the code, owned by the caller; NULL: answered.
char *card_made(struct pending *pending, const struct value *result);

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
