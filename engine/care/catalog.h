// Definitions of all active bundles, as C needs them: forms, templates, escalations,
// schedules … kept in memory, from the bundle rows of the database, so that promises are
// kept when Lua is broken.
#pragma once

#include "base/status.h"
#include "base/value.h"
#include "base/window.h"
#include "base/worktime.h"
#include "care/schedule.h"
#include "store/store.h"

struct catalog;
struct hearing;   // care/hearing.h
struct departed;  // care/departed.h

struct catalog *catalog_new(void);
// The holiday file of the built-in calendar "cn" (CSV date,kind,name); before departments
// are put.
int catalog_set_holidays(struct catalog *catalog, const char *csv, size_t len,
                         struct status *status);
void catalog_free(struct catalog *catalog);
// Replaces a department's definitions (an encoded map kind → id → body, as
// script/bundle.h gives it) by those of a bundle row.
int catalog_put(struct catalog *catalog, const char *department, int64_t bundle,
                const char *definitions, size_t len, struct status *status);
// What catalog_put would say of them; nothing changes.
int catalog_check(struct catalog *catalog, const char *department,
                  const char *definitions, size_t len, struct status *status);
int catalog_load(struct catalog *catalog, struct store *store,
                 struct status *status);  // every active bundle
// All definitions of the department's active bundle; nil view when it has none. Borrowed
// until the next put.
struct value catalog_definitions(struct catalog *catalog, const char *department);
// Digest of the holiday file; borrowed.
const char *catalog_holidays(const struct catalog *catalog);
// The declarations that the department's bundle has no more (departed.h), after a put;
// taken.
void catalog_put_departed(struct catalog *catalog, const char *department,
                          struct departed *departed);
// The version that declared a thing which the active one declares no more, 0 for none.
int64_t catalog_departed(struct catalog *catalog, const char *department,
                         const char *kind, const char *id);
// A definition of the department's active bundle, or one that has departed; nil view when
// there is none. Borrowed until the next put.
struct value catalog_find(struct catalog *catalog, const char *department,
                          const char *kind, const char *id);
// The department's own declaration (kind "department"); nil when none.
struct value catalog_department(struct catalog *catalog, const char *department);
// Of that declaration; NULL when it has none. Borrowed until the next put.
const char *catalog_zone(struct catalog *catalog, const char *department);
const struct window *catalog_contact(struct catalog *catalog, const char *department);
int64_t catalog_bundle(struct catalog *catalog,
                       const char *department);  // active bundle's row, 0 if none
// All departments, and all ids of a kind: calls fn for each.
void catalog_each_department(struct catalog *catalog,
                             void (*fn)(void *self, const char *department), void *self);
void catalog_each(struct catalog *catalog, const char *department, const char *kind,
                  void (*fn)(void *self, const char *id, const struct value *body),
                  void *self);
// Which events its definitions listen to. Borrowed until the next put.
const struct hearing *catalog_hearing(struct catalog *catalog);
// The pathway's parsed schedule; NULL when there is none.
const struct schedule *catalog_schedule(struct catalog *catalog, const char *department,
                                        const char *pathway);
// A calendar by name for a department: declared, or the built-in "cn" and "always". NULL
// name: the department's.
const struct calendar *catalog_calendar(struct catalog *catalog, const char *department,
                                        const char *name);
// The working time of a duty post: its roster's or declared hours, else the department's
// calendar (a post on duty all night works all hours).
const struct calendar *catalog_role_calendar(struct catalog *catalog,
                                             const char *department, const char *role);
// Calls fn with the name of each calendar that has holidays but none for this year: its
// working days are guesses.
void catalog_each_guess(struct catalog *catalog, int32_t year,
                        void (*fn)(void *self, const char *calendar), void *self);
// Text of a definition in a language: a plain text, or {zh,en}; falls back to zh. Nil
// view when missing.
struct value text_in(const struct value *text, const char *language);
