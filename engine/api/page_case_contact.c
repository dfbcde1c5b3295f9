// Whom to turn to, on the page of a case: only by a name that its triage allows there
// (`names`), never whom it complains of, and not where either side is to stay unnamed.
#include <stdio.h>
#include <string.h>

#include "api/html.h"
#include "api/page.h"
#include "base/mem.h"
#include "care/case_dispute.h"
#include "care/case_receiver.h"
#include "care/case_team.h"
#include "care/duty.h"

struct contact {
  const struct page *page;
  int64_t id;
  char *department;
  struct value names, office;  // of its triage
};

// Of a login or a post; NULL: it isn't to be named.
static char *name_of(const struct contact *contact, const char *who) {
  const char *login = strncmp(who, "staff:", 6) ? who : who + 6;
  struct value name = value_field(&contact->names, login);
  if (!*login || case_accuses(contact->page->care, contact->id, login)) return NULL;
  if (name.kind == VALUE_MAP) {
    struct value both = name;
    name = value_field(&both, page_say(contact->page, "zh", "en"));
  }
  return value_copy_text(&name);
}

// The person of a post before the post, and the office's post for one without a name.
static char *find_name(const struct contact *contact) {
  struct care *care = contact->page->care;
  char receiver[STAFF_SIZE], holder[STAFF_SIZE] = "";
  case_receiver(care, contact->id, receiver);
  if (*receiver && strncmp(receiver, "staff:", 6) != 0)
    duty_find(care, contact->department, receiver, holder, sizeof holder);
  char *name = name_of(contact, holder), *office;
  if (!name) name = name_of(contact, receiver);
  if (name) return name;
  office = value_copy_text(&contact->office);
  name = name_of(contact, office ? office : "patient-relations");
  mem_free(office);
  return name;
}

static void put(struct contact *contact, const char *triage, struct buf *out) {
  struct value declared =
      catalog_find(contact->page->care->catalog, contact->department, "pathway", triage);
  contact->names = value_field(&declared, "names");
  contact->office = value_field(&declared, "receiver");
  if (contact->names.kind != VALUE_MAP) return;
  char *name = find_name(contact);
  if (name) {
    buf_printf(out, "<p>%s", page_say(contact->page, "您的联系人：", "Your contact: "));
    html_text(out, name);
    buf_puts(out, "</p>");
  }
  mem_free(name);
}

void page_case_contact(const struct page *page, int64_t id, struct buf *out) {
  struct contact contact = {.page = page, .id = id};
  if (case_is_anonymous(page->care, id) || case_is_dispute(page->care, id)) return;
  struct stmt *row = store_query(
      page->care->store, "SELECT department, triage FROM case_file WHERE enrollment=?1",
      "i", id);
  bool found = stmt_row(row);
  char *triage = found ? mem_copy_text(stmt_text(row, 1)) : NULL;
  contact.department = found ? mem_copy_text(stmt_text(row, 0)) : NULL;
  stmt_done(row);
  if (found) put(&contact, triage, out);
  mem_free(contact.department);
  mem_free(triage);
}
