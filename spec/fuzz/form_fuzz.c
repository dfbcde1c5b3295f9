// What a browser, or somebody who plays one, may send to a patient page: the form taken
// apart, its texts shown again, its dates, links and ids read.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/birth.h"
#include "api/html.h"
#include "base/link_token.h"
#include "base/mask.h"
#include "base/mem.h"
#include "base/public_id.h"
#include "base/utf8.h"
#include "io/http_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Shown in a page or an attribute it is text, whatever it was.
static void try_as_text(const char *text) {
  struct buf out = {0};
  html_text(&out, text);
  assert(utf8_valid(buf_text(&out), out.len));
  assert(out.len == strcspn(buf_text(&out), "<>\"'"));
  buf_clear(&out);
  mask_name(text, &out);
  mask_number(text, &out);
  buf_deinit(&out);
}

static void try_as_word(const char *text) {
  static const unsigned char key[LINK_TOKEN_KEY] = {1};
  char day[BIRTH_SIZE], id[PUBLIC_ID_SIZE];
  struct link_token token;
  if (birth_read(text, day)) assert(strlen(day) == 10);
  assert(!link_token_read(key, text, &token));
  int64_t row = text[0] ? public_id_parse(key, text[0], text) : 0;
  if (row) {
    public_id_format(key, text[0], row, id);
    assert(strcmp(id, text) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct http_form form;
  struct status status = {0};
  if (http_form_parse(&form, (const char *)data, size, &status) == OK) {
    assert(form.count <= HTTP_FORM_FIELDS_MAX);
    for (size_t i = 0; i < form.count; i++) {
      try_as_text(form.fields[i].name);
      try_as_text(form.fields[i].value);
      try_as_word(form.fields[i].value);
    }
  } else {
    assert(form.count == 0 && status.text[0]);
  }
  http_form_deinit(&form);
  return 0;
}
