// What every part of the domain shares: the kernel, the catalog of definitions, the site,
// and the two ports.
#pragma once

#include "base/zone.h"
#include "care/catalog.h"
#include "care/site.h"
#include "run/kernel.h"
#include "run/run.h"

struct care;
struct measures;

// What a turn made. The caller gives it zeroed and calls turned_deinit.
struct turned {
  int end;               // as script/turn.h: 0 finished 1 waiting 2 stuck 3 breach
  struct buf records;    // new ones
  uint32_t count;        // of them
  uint32_t replayed;     // records that the newest scripts agreed with
  struct buf cause;      // of stuck and breach
  int64_t began, tried;  // the version it was on; a newer one that was tried, 0: none
  struct buf stayed;     // why it did not move to that; empty when it did
};

// Where a run's records were made, and whether the scripts agree with all of them. The
// caller gives it zeroed and calls traced_deinit.
struct traced {
  struct buf places;  // "ortho/hip.lua:12" for each record agreed with, each with its NUL
  uint32_t replayed;
  struct buf cause;  // where and how the script did something else; empty: nowhere
};

// How the domain reaches Lua. engine.c fills it in; all calls are made outside the write
// transaction.
struct scripts_port {
  void *self;
  // Runs one turn of the run. run->bundle is set to the version that ran: a run moves to
  // the newest when its replay agrees.
  void (*turn)(void *self, struct run *run, const struct buf *journal,
               struct turned *out);
  // Replays the run against a version (bundle.id; 0: the one it is on), without going on.
  void (*trace)(void *self, const struct run *run, int64_t version,
                const struct buf *journal, struct traced *out);
  // which: "enroll.where", "tier", "where"; subject by ids (0: none). out gets an encoded
  // value.
  int (*callback)(void *self, const char *department, const char *pathway,
                  const char *watch, const char *which, int64_t patient,
                  int64_t enrollment, int64_t event, struct buf *out,
                  struct status *status);
  int (*rule)(void *self, const char *department, const char *rule,
              const struct value *arguments, struct buf *out, struct status *status);
  int (*shown)(void *self, const char *department, const char *form, const char *item,
               const struct value *answers, bool *shown);
};

// What goes out: one claimed attempt. Texts are borrowed for the call.
struct outgoing {
  int64_t attempt, message;
  int64_t dial;      // a call is asked for: its dial.id; 0: an attempt at a message
  const char *from;  // of a call: the desk phone that rings first; NULL: a robot speaks
  const char *form;  // of a call: what is asked; may be NULL
  const char *channel;         // name of the channel's plugin instance: "sms"
  const char *address;         // phone number, openid …; never logged
  const char *key;             // idempotency key
  const char *text;            // frozen
  const struct buf *approved;  // encoded {id, params} where a provider knows the text by
                               // number; NULL or empty: it doesn't
  const char *program;         // signature shown by gateways: 【…】
  const char *color;           // the program's, "#rrggbb"; NULL or "": it has none
  const char *class_;          // message class
  bool safety;                 // an alert to staff or safety text: goes before others
  int64_t started_at;          // of the attempt
  bool query;  // it may have left before a crash: the channel asks, not sends
};
// What a channel's provider says later of a message that it took.
enum channel_receipts { RECEIPTS_NONE, RECEIPTS_DELIVERED, RECEIPTS_READ };

struct channel_limits {
  int room;           // messages that may be claimed before they would only wait for it
  double per_second;  // 0: no limit
  int burst;          // after a rest, at once
  int64_t per_day;    // 0: no limit
};
// A channel that rings people.
struct channel_dials {
  const char *name;
  bool robot;          // a machine speaks
  int64_t unknown_ms;  // after so long nobody will tell how a call ended
};
// How the domain reaches channels. start is called after the commit; the result comes
// back by message_result.
struct channels_port {
  void *self;
  bool (*known)(void *self, const char *channel);  // is such a channel configured and up
  const char *(*address_kind)(
      void *self,
      const char *channel);  // which identity kind it needs: "phone", "wechat"
  void (*start)(void *self, const struct outgoing *outgoing);
  // For how many ms the channel takes the same key for the same message; 0: never. May be
  // NULL.
  int64_t (*keyed)(void *self, const char *channel);
  // How many characters a text may have that tells several things at once; 0: the channel
  // takes one message a text. May be NULL.
  int64_t (*merges)(void *self, const char *channel);
  // May a patient's own link be in its texts. May be NULL: in any channel's.
  bool (*links)(void *self, const char *channel);
  // Can it say what became of a message that may have been sent. May be NULL.
  bool (*queryable)(void *self, const char *channel);
  // NULL: none.
  enum channel_receipts (*receipts)(void *self, const char *channel);
  // How much it takes now. May be NULL: any amount.
  void (*limits)(void *self, const char *channel, struct channel_limits *out);
  // What it has not begun yet comes back, as results of PROVIDER_UNASKED. May be NULL.
  void (*recall)(void *self, const char *channel);
  // The channel that rings people: the named one, or the first whose calls staff speak
  // in. False when there is none. May be NULL.
  bool (*dials)(void *self, const char *channel, struct channel_dials *out);
  // Whether it knows texts by number, their variables by "names" or "order"; NULL: it
  // doesn't. only: it takes no others. May be NULL.
  const char *(*approved)(void *self, const char *channel, bool *only);
};

// The patient or event that callbacks looked at last: those of one event ask for the same
// again and again.
struct seen {
  int64_t id, state;  // the kernel's
  struct buf body;
};

// Whether any pathway has passed its limits since its scripts changed.
enum breaches { BREACHES_UNKNOWN, BREACHES_NONE, BREACHES_SOME };

// What is known of the channels' lines in memory; line_row.h's.
struct lines {
  struct line_pace *paces;
  bool serving;  // whoever is looked at stands in line, and its turn has come
  bool single;   // one at a time: one of them has failed
};

// How far planning again has come (replan.h); a start begins anew.
struct replan {
  int64_t at, ref;        // the last row looked at
  bool unplanned;         // among enrollments with nothing ahead
  uint64_t round;         // each change of a schedule begins one
  int64_t looked, moved;  // in this round
  uint64_t moved_ever;    // since the start
};

// How far counting clocks again has come (case_recount.h); a start begins anew.
struct recount {
  int64_t due_at, clock;  // the last one looked at
  uint64_t round;         // each change of a calendar begins one
  int64_t looked, moved;  // in this round
};

struct care {
  struct kernel *kernel;
  struct store *store;  // the kernel's
  struct catalog *catalog;
  struct catalog *canaries;  // of versions that some follow (canary.h); NULL: none
  struct site *site;
  const struct measures *measures;  // care/measure.h's table
  struct zones *zones;              // base/zone.h's set
  struct scripts_port scripts;
  struct channels_port channels;
  struct seen seen_patient, seen_event;  // facts_seen's
  enum breaches breaches;                // quarantine's
  struct replan replan;
  struct recount recount;
  struct lines lines;
  bool clock_held;  // the clock jumped, and nobody has said yet that it is right
};

void turned_deinit(struct turned *turned);
void traced_deinit(struct traced *traced);
// The zone of a department (else the site's); never NULL.
const struct zone *care_zone(struct care *care, const char *department);
const struct zone *care_site_zone(struct care *care);
// The patient's own zone, else the department's.
const struct zone *care_patient_zone(struct care *care, int64_t patient,
                                     const char *department);
// The same when the name of the patient's zone (may be NULL) is known already.
const struct zone *care_zone_of(struct care *care, const char *own,
                                const char *department);
void care_audit(struct care *care, const char *actor, const char *action,
                const char *object, const char *detail);
