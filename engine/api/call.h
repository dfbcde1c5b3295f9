// One call of the staff API: who calls, what for, and how it is answered.
#pragma once

#include "api/api.h"
#include "api/json.h"
#include "io/http_form.h"

enum { CALL_SEGMENTS = 6, LIST_MOST = 200, LIST_USUAL = 50, CALL_TEXT = 200 };

struct posting;

struct call_refusal {  // why a call is not served
  int status;          // 0: it is
  struct http_header header;
  struct buf allow, detail;  // detail: "" for none
};

struct call {
  struct http_prepared prepared;  // first: the request holds it until it is handled
  struct api *api;
  struct care *care;
  struct http_request *request;
  const struct caller *caller;
  struct http_form query;
  char path[512];                       // what the segments point into
  const char *segments[CALL_SEGMENTS];  // after /api/v1; "" past the end
  int segment_count;
  struct buf body_bytes;
  struct value body;  // of a POST; an empty map when none came
  const struct route *route;
  struct call_refusal refusal;
  bool coarse;              // moments are put as days, spans of time not at all
  bool masked;              // patients' ids are not put
  struct posting *posting;  // of events.c
};

// /api/…: who calls, what for, and with what body. Looks at nothing that changes while
// the server runs: it may be another thread's work.
struct http_prepared *call_read(struct api *api, const struct http_request *request);
void call_handle(struct http_request *request);  // what call_read has read

// What is wrong with a call, while it is read.
void call_refuse(struct call *call, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Answers; each ends the call. When something could not be read since api_read_begin,
// both answer 500 instead.
void call_send(struct call *call, int status, const struct buf *json, const char *etag);
void call_problem(struct call *call, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Answers with 500, and true, when something could not be read: for answers that leave by
// another way.
bool call_unread(struct call *call);

// A filter of the query: its text, or NULL. Over CALL_TEXT bytes, or what is no UTF-8, is
// answered with 400 and sets bad.
const char *call_filter(struct call *call, const char *name, bool *bad);
// A filter that is one of these words, apart by spaces. Another is answered with 400: an
// empty list would say that there is nothing.
const char *call_filter_word(struct call *call, const char *name, const char *words,
                             bool *bad);
// A filter that is a moment in the site's zone; 0 when absent. Otherwise as call_filter.
int64_t call_filter_time(struct call *call, const char *name, bool *bad);
// A filter that is a public id; 0 when absent. Otherwise as call_filter.
int64_t call_filter_id(struct call *call, const char *name, char kind, bool *bad);
// The row of the id in a segment; 0 when it is none.
int64_t call_row(struct call *call, int segment, char kind);

// Puts the columns of a row as an object. spec names them in order, "name:type" apart by
// spaces: s text, i number, z time, b flag, v encoded value, @k public id of kind k.
void call_put_row(struct call *call, struct json *json, struct stmt *row,
                  const char *spec);
// The same within an object that is open.
void call_put_fields(struct call *call, struct json *json, struct stmt *row,
                     const char *spec);
void call_put_id(struct call *call, struct json *json, const char *key, char kind,
                 int64_t row);

// A list by key: {"items": […], "next": id, "at": the moment}. Queries order by id, take
// those after list.after, at most list.limit + 1.
struct list {
  struct call *call;
  struct buf out;
  struct json json;
  char kind;
  int64_t after, limit, last;
  int64_t count;
  bool more;
};
bool list_begin(struct list *list, struct call *call, char kind);  // false: answered
// The next row, whose first column is its id; false at the end of the page.
bool list_row(struct list *list, struct stmt *row);
void list_end(struct list *list);    // sends
void list_close(struct list *list);  // finishes the text without sending
void list_deinit(struct list *list);
