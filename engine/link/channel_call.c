// Requests of plugins as calls, messages and answers as plugins read them.
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"
#include "link/channel_http_parts.h"

enum { ANSWER_LONGEST = 64 * 1024 };

static const char *body_of(const char *text) {  // without its signature
  const char *end = strncmp(text, "【", 3) == 0 ? strstr(text, "】") : NULL;
  return end ? end + 3 : text;
}

void channel_call_message(const struct channel_job *job, struct buf *out) {
  struct value approved = {.kind = VALUE_NIL};
  if (job->approved.len) value_read(job->approved.data, job->approved.len, &approved);
  struct mapping map = mapping_begin(out);
  mapping_value(&map, "approved", &approved);
  mapping_text(&map, "body", body_of(job->text));
  mapping_text(&map, "class", job->class_);
  mapping_text(&map, "color", job->color[0] ? job->color : NULL);
  mapping_text(&map, "form", job->form);
  mapping_text(&map, "from", job->from);
  mapping_text(&map, "key", job->key);
  mapping_int(&map, "now", channel_now(job->channel));
  mapping_text(&map, "program", job->program);
  mapping_bool(&map, "safety", job->safety);
  mapping_int(&map, "sent", job->started_at);
  mapping_text(&map, "text", job->text);
  mapping_text(&map, "to", job->address);
  mapping_end(&map);
}

void channel_call_headers(struct mapping *map, const struct http_result *answer) {
  static const char *const passed[] = {"content-type", "date", "retry-after"};
  mapping_key(map, "headers");
  struct mapping headers = mapping_begin(map->out);
  for (int i = 0; i < 3; i++)
    mapping_text(&headers, passed[i],
                 http_header_find(answer->headers, answer->header_count, passed[i]));
  mapping_end(&headers);
}

static void put_body(struct mapping *map, const struct http_result *answer) {
  mapping_key(map, "body");
  value_put_bytes(map->out, answer->body, answer->body_len);
}

void channel_call_answer(const struct http_result *answer, const char *step, int64_t now,
                         struct buf *out) {
  struct mapping map = mapping_begin(out);
  put_body(&map, answer);
  channel_call_headers(&map, answer);
  mapping_int(&map, "now", now);
  mapping_int(&map, "status", answer->status);
  mapping_text(&map, "step", step);
  mapping_end(&map);
}

static char *keep_text(struct channel_call *call, const struct value *text) {
  return call->texts[call->text_count++] = value_copy_text(text);
}

static char *keep_item(struct channel_call *call, const struct value *list, uint32_t at) {
  struct value item = value_at(list, at);
  return keep_text(call, &item);
}

static size_t read_headers(struct channel_call *call, const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value pair;
  size_t count = 0;
  while (count < CALL_HEADERS && value_next(&iter, NULL, &pair)) {
    call->headers[count].name = keep_item(call, &pair, 0);
    call->headers[count++].value = keep_item(call, &pair, 1);
  }
  return count;
}

static void read_mail(struct channel_call *call, const struct value *mail) {
  struct value from = value_field(mail, "from"), user = value_field(mail, "user"),
               password = value_field(mail, "password"), tls = value_field(mail, "tls"),
               to = value_field(mail, "to"), item;
  struct value_iter iter = value_iterate(&to);
  call->mail = (struct http_mail){
      .from = keep_text(call, &from),
      .user = keep_text(call, &user),
      .password = keep_text(call, &password),
      .to = call->to,
      .tls = value_is(&tls, "starttls") ? HTTP_MAIL_STARTTLS : HTTP_MAIL_PLAIN};
  while (call->mail.to_count < CALL_RECEIVERS && value_next(&iter, NULL, &item)) {
    char *address = keep_text(call, &item);
    if (address) call->to[call->mail.to_count++] = address;
  }
}

void channel_call_read(struct channel_call *call, const struct value *request,
                       int64_t timeout_ms, struct http_call *out) {
  struct value method = value_field(request, "method"), url = value_field(request, "url"),
               body = value_field(request, "body"),
               headers = value_field(request, "headers"),
               mail = value_field(request, "mail"), safe = value_field(request, "safe");
  out->method = keep_text(call, &method);
  out->url = keep_text(call, &url);
  if (body.kind == VALUE_TEXT) {
    out->body = body.text.data;
    out->body_len = body.text.len;
  }
  if (mail.kind == VALUE_MAP) {
    read_mail(call, &mail);
    out->mail = &call->mail;
  }
  out->header_count = read_headers(call, &headers);
  out->headers = call->headers;
  out->total_ms = timeout_ms;
  out->max_body = ANSWER_LONGEST;
  out->once = !value_true(&safe);  // some gateways take texts by GET
}

void channel_call_drop(struct channel_call *call) {
  for (size_t i = 0; i < call->text_count; i++) mem_free(call->texts[i]);
  call->text_count = 0;
}

static void put_request(struct mapping *map, const struct value *request) {
  struct value shown = value_field(request, "shown"),
               method = value_field(request, "method"),
               *seen = shown.kind == VALUE_MAP ? &shown : (struct value *)request,
               body = value_field(seen, "body"), headers = value_field(seen, "headers"),
               url = value_field(seen, "url");
  mapping_key(map, "request");
  struct mapping out = mapping_begin(map->out);
  mapping_value(&out, "body", &body);
  mapping_value(&out, "headers", &headers);
  mapping_value(&out, "method", &method);
  mapping_value(&out, "url", &url);
  mapping_end(&out);
}

void channel_call_trace(struct channel_trace *trace, const struct value *request,
                        const struct http_result *answer) {
  struct mapping map = mapping_begin(&trace->steps);
  if (answer->outcome == HTTP_ANSWERED) {
    mapping_key(&map, "answer");
    struct mapping out = mapping_begin(map.out);
    put_body(&out, answer);
    mapping_int(&out, "status", answer->status);
    mapping_end(&out);
  } else {
    mapping_text(&map, "error", answer->error);
  }
  put_request(&map, request);
  mapping_end(&map);
}
