// What a placeholder stands for when a message is claimed: the script never had it.
#pragma once

#include "care/message_text.h"

struct words {  // of one message; nothing is owned
  struct care *care;
  const struct message *message;
  const char *channel;   // NULL: of none in particular
  const char *language;  // "zh" or "en"
  struct value definition, program, department, fields;
  bool may_know;
  bool made_up;  // the patient is: message_preview.h has the words
};

void words_init(struct words *words, struct care *care, const struct message *message,
                int64_t person, const char *channel);
// Appends what {name} stands for; false when nothing does.
bool words_put(const struct words *words, const char *name, size_t len, struct buf *out);
// The person's family name with 先生 or 女士, Mr or Ms; the whole name when the sex is
// not known.
void words_title(const char *name, const char *sex, const char *language,
                 struct buf *out);
