// The messages that an ask or a send makes, from the arguments that the script gave.
#pragma once

#include "care/care.h"

struct sending {  // all borrowed
  const struct run *run;
  const char *kind, *name;  // "ask" and a form, "send" and a template
  int64_t question;         // 0: none
  const struct value *args;
};

// Plans it by these channels ("wechat,sms" in turn, NULL: the usual ones), to this
// audience (NULL: as the arguments say); its id. first: see message_spec.
int64_t sending_plan(struct care *care, const struct sending *sending, const char *via,
                     const char *to, int64_t first);
// The channels of the arguments' `via`, in turn; NULL: none is named. The caller frees.
char *sending_via(const struct sending *sending);
// The class that it counts in; the caller frees.
char *sending_class(struct care *care, const struct sending *sending);
// As the arguments' `via` and `together` say; the first one's id.
int64_t sending_plan_all(struct care *care, const struct sending *sending);
