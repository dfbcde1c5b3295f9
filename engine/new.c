#include "new.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/mem.h"
#include "script/bundle.h"

struct words {  // what stands for @NAME@ and the others
  const char *name, *department, *program, *level;
};

static const char *word_of(const struct words *words, const char *mark, size_t len) {
  const struct {
    const char *mark, *word;
  } all[] = {{"@NAME@", words->name},
             {"@DEPARTMENT@", words->department},
             {"@PROGRAM@", words->program},
             {"@LEVEL@", words->level}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strlen(all[i].mark) == len && memcmp(all[i].mark, mark, len) == 0)
      return all[i].word;
  return NULL;
}

static void fill(const char *text, const struct words *words, struct buf *out) {
  while (*text) {
    const char *end = *text == '@' ? strchr(text + 1, '@') : NULL;
    const char *word = end ? word_of(words, text, (size_t)(end - text) + 1) : NULL;
    if (word) {
      buf_puts(out, word);
      text = end + 1;
    } else {
      buf_putc(out, *text++);
    }
  }
}

static const char *example(const char *name) {
  for (const struct embedded *file = script_new; file->name; file++)
    if (strcmp(file->name, name) == 0) return file->text;
  return NULL;
}

static int make_folder(const char *path, struct status *status) {
  if (mkdir(path, 0777) == 0 || errno == EEXIST) return OK;
  return status_fail(status, ERR_IO, "%s can't be made: %s", path, strerror(errno));
}

static int write_text(const char *path, const struct buf *text, struct status *status) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0 && errno == EEXIST)
    return status_fail(status, ERR_CONFLICT, "%s is there already: take another name",
                       path);
  bool written = fd >= 0 && write(fd, text->data, text->len) == (ssize_t)text->len;
  if (fd >= 0 && close(fd) != 0) written = false;
  if (written) return OK;
  return status_fail(status, ERR_IO, "%s can't be written: %s", path, strerror(errno));
}

// One file from an example; within the department's folder, or its spec/.
static int put(const struct new_request *request, const struct words *words,
               const char *from, const char *to, struct new_result *result,
               struct status *status) {
  struct buf text = {0};
  struct buf *path = &result->files[result->count];
  buf_printf(path, "%s/%s/%s", request->scripts, request->department, to);
  fill(example(from), words, &text);
  int code = write_text(path->data, &text, status);
  if (code)
    buf_clear(path);
  else
    result->count++;
  buf_deinit(&text);
  return code;
}

static int put_both(const struct new_request *request, const struct words *words,
                    const char *kind, const char *file, struct new_result *result,
                    struct status *status) {
  char from[64], to[128];
  snprintf(from, sizeof from, "%s.lua", kind);
  snprintf(to, sizeof to, "%s.lua", file);
  int code = put(request, words, from, to, result, status);
  snprintf(from, sizeof from, "%s_spec.lua", kind);
  snprintf(to, sizeof to, "spec/%s_spec.lua", file);
  return code ? code : put(request, words, from, to, result, status);
}

static int make_folders(const struct new_request *request, struct status *status) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s", request->scripts, request->department);
  int code = make_folder(path.data, status);
  buf_puts(&path, "/spec");
  if (!code) code = make_folder(path.data, status);
  buf_deinit(&path);
  return code;
}

static int write_department(const struct new_request *request, struct new_result *result,
                            struct status *status) {
  struct words words = {request->name, request->name, request->name, "urgent"};
  int code = put_both(request, &words, "department", "department", result, status);
  words.name = "after-discharge";
  if (!code)
    code = put_both(request, &words, "pathway", "after-discharge", result, status);
  return code;
}

static int write_channel(const struct new_request *request, struct new_result *result,
                         struct status *status) {
  struct words words = {request->name, request->name, "", ""};
  char spec[128];
  snprintf(spec, sizeof spec, "spec/%s_spec.lua", request->name);
  int code = make_folder(request->scripts, status);
  if (!code) code = make_folders(request, status);
  if (!code) code = put(request, &words, "channel.lua", "plugin.lua", result, status);
  if (!code) code = put(request, &words, "channel_spec.lua", spec, result, status);
  return code;
}

// The id is somebody's already.
static int refuse_taken(const struct bundle *bundle, const char *name,
                        struct status *status) {
  static const char *const kinds[] = {"pathway", "form", "rule", "escalation"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct value found = bundle_definition(bundle, kinds[i], name);
    struct value file = value_field(&found, "file"), line = value_field(&found, "line");
    if (found.kind != VALUE_NIL)
      return status_fail(status, ERR_CONFLICT,
                         "%s \"%s\" is declared in %.*s:%d: take another name", kinds[i],
                         name, (int)file.text.len, file.text.data,
                         (int)value_int_or(&line, 0));
  }
  return OK;
}

static char *first_key(const struct value *map) {
  struct value_iter iter = value_iterate(map);
  struct value key = {.kind = VALUE_NIL}, item;
  value_next(&iter, &key, &item);
  return value_copy_text(&key);
}

static int write_part(const struct new_request *request, const struct bundle *bundle,
                      struct new_result *result, struct status *status) {
  struct value all = bundle_definitions(bundle), programs = value_field(&all, "program"),
               department = bundle_definition(bundle, "department", request->department),
               alerts = value_field(&department, "alerts"),
               urgent = value_field(&alerts, "urgent");
  char *program = first_key(&programs);
  char *level = urgent.kind == VALUE_NIL ? first_key(&alerts) : NULL;
  struct words words = {request->name, request->department, program,
                        level ? level : "urgent"};
  int code = refuse_taken(bundle, request->name, status);
  if (!code && !program)
    code = status_fail(status, ERR_INVALID,
                       "department %s declares no program, the brand that patients see: "
                       "add aw.program { id = …, name = … }",
                       request->department);
  if (!code) code = make_folders(request, status);
  if (!code)
    code = put_both(request, &words, request->kind, request->name, result, status);
  mem_free(program);
  mem_free(level);
  return code;
}

static int add_to_department(const struct new_request *request, struct new_result *result,
                             struct status *status) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  struct bundle *bundle = NULL;
  struct bundle_config config = {.department = request->department};
  int code = sources_read(&sources, request->scripts, request->department, status);
  if (!code && bundle_load(&bundle, &config, sources.items, sources.count, &report))
    code = status_fail(status, ERR_INVALID, "%s/%s:%d: %s (afterward check tells all)",
                       request->scripts, report.problems[0].file, report.problems[0].line,
                       report.problems[0].message);
  if (!code) code = write_part(request, bundle, result, status);
  bundle_free(bundle);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return code;
}

static int add_department(const struct new_request *request, struct new_result *result,
                          struct status *status) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s", request->scripts, request->name);
  int code = access(path.data, F_OK) == 0
                 ? status_fail(status, ERR_CONFLICT,
                               "%s is there already: take another name", path.data)
                 : make_folder(request->scripts, status);
  buf_deinit(&path);
  if (!code) code = make_folders(request, status);
  return code ? code : write_department(request, result, status);
}

int new_write(const struct new_request *request, struct new_result *result,
              struct status *status) {
  int code = strcmp(request->kind, "department") == 0
                 ? add_department(request, result, status)
             : strcmp(request->kind, "channel") == 0
                 ? write_channel(request, result, status)
                 : add_to_department(request, result, status);
  while (code && result->count > 0) unlink(result->files[--result->count].data);
  return code;
}

void new_deinit(struct new_result *result) {
  for (int i = 0; i < NEW_FILES; i++) buf_deinit(&result->files[i]);
  *result = (struct new_result){0};
}
