// The words of a message: a template, the standard question about a form, or a page.
#pragma once

#include "care/message_row.h"

// Appends the text for this person by this channel, which may have words of its own
// (NULL: none in particular). False when it has a placeholder that nothing fills in
// (missing gets its name) or no definition.
bool message_text(struct care *care, const struct message *message, int64_t person,
                  const char *channel, struct buf *out, struct buf *missing);
struct words;
// The same of words that are made ready (message_word.h).
bool message_text_whole(const struct words *words, struct buf *out, struct buf *missing);
// The same; out and, for a provider that knows texts by number, approved ({id, params} or
// nothing) take the place of the message's.
bool message_write(struct care *care, struct message *message, int64_t person,
                   const char *channel, struct buf *missing);

// The words alone, without signature, greeting and foot.
bool message_text_part(struct care *care, const struct message *message, int64_t person,
                       const char *channel, struct buf *out, struct buf *missing);
// One text of such parts: what two of them say alike is said once; first is the message
// that carries the others.
void message_text_join(struct care *care, const struct message *first, int64_t person,
                       const char *channel, const struct buf *parts, int count,
                       struct buf *out);

// Is there anything in it that not everybody may read?
bool message_discloses(struct care *care, const struct message *message);
// May this person read what the definition discloses (WARD 1)?
bool message_may_know(struct care *care, const struct message *message, int64_t person);
// The form or template, and the program, that a message shows.
struct value message_definition(struct care *care, const struct message *message);
struct value message_program(struct care *care, const struct message *message);
// The text of a template in a language, in the channel's own words where it has some.
struct value message_worded(const struct value *definition, const char *channel,
                            const char *language, bool may_know);
// The text of a definition's field in a language, discreet where it must be. Nil when
// there is no text that may be shown.
struct value message_shown(const struct value *definition, const char *field,
                           const char *language, bool may_know);
