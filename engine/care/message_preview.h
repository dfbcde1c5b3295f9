// What a template would say: to a patient, or to one who is made up. Nothing is planned,
// nobody is told.
#pragma once

#include "care/care.h"

struct preview_asked {  // texts borrowed
  const char *department, *name;
  const char *program;   // whose brand; NULL: the department's only one, or none
  const char *channel;   // in its words, with its number; NULL: of none in particular
  const char *language;  // "zh" or "en"; NULL: the patient's, of one made up Chinese
  int64_t patient;       // 0: 王小明, who is made up and knows no diagnosis
  struct value fields;   // what a script would give; nil: names in their place
};

struct preview {         // freed by message_preview_deinit
  struct buf text;       // whole: signature, words, foot
  struct buf approved;   // encoded {id, params}; empty: none for this channel
  struct buf missing;    // the placeholder that nothing stands for; empty: it would go
  char *program;         // whose brand; NULL: none
  bool english, veiled;  // veiled: the discreet words, as the reader may not know
};

// ERR_NOT_FOUND when there is no such template.
int message_preview(struct care *care, const struct preview_asked *asked,
                    struct preview *out, struct status *status);
void message_preview_deinit(struct preview *preview);
// What stands for a placeholder of the patient who is made up; false: it is no such one.
bool preview_word(const struct care *care, const char *name, bool english,
                  struct buf *out);
