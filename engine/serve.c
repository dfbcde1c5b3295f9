#include "serve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: afterward serve [--config FILE.lua] [options]\n"
    "Runs the engine until SIGTERM; SIGHUP reads the scripts again.\n"
    "\n"
    "  --config FILE       configuration, a Lua file that returns a table "
    "(packaging/afterward.lua shows all keys)\n"
    "  --state DIR         folder of the database (/var/lib/afterward)\n"
    "  --scripts DIR       departments' scripts; else the configuration's key scripts, "
    "else AFTERWARD_SCRIPTS,\n"
    "                      ./scripts, or /usr/share/afterward/scripts\n"
    "  --plugins DIR       channel plugins (/usr/share/afterward/plugins)\n"
    "  --listen HOST:PORT  where the API and patient pages are served (127.0.0.1:8080; "
    "port 0: any)\n"
    "  --port-file FILE    where to write the port that was taken\n"
    "  --clock-start TIME  for demonstrations: begin at this time …\n"
    "  --clock-speed N     … and run so many times as fast\n"
    "  --help              this text\n"
    "\n"
    "Example: afterward serve --config /etc/afterward/afterward.lua\n"
    "Exit codes: 0 ended as asked, 1 could not start, 2 usage.\n";

static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                        {"state", required_argument, NULL, 's'},
                                        {"scripts", required_argument, NULL, 'd'},
                                        {"plugins", required_argument, NULL, 'p'},
                                        {"listen", required_argument, NULL, 'l'},
                                        {"port-file", required_argument, NULL, 'f'},
                                        {"clock-start", required_argument, NULL, 't'},
                                        {"clock-speed", required_argument, NULL, 'x'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

static bool read_speed(struct daemon_options *out, const char *text) {
  char *end;
  out->clock_speed = strtod(text, &end);
  return !*end && out->clock_speed > 0 && out->clock_speed <= 10000000;
}

static bool take(struct daemon_options *out, int letter, const char *value) {
  switch (letter) {
    case 'c': out->config = value; return true;
    case 's': out->state = value; return true;
    case 'd': out->scripts = value; return true;
    case 'p': out->plugins = value; return true;
    case 'l': out->listen = value; return true;
    case 'f': out->port_file = value; return true;
    case 't': out->clock_start = value; return true;
    case 'x': return read_speed(out, value);
    default: return false;
  }
}

// getopt takes "--port" for "--port-file": whoever starts a service wants to be told.
static bool is_whole(const char *word, const struct option *option) {
  size_t len = strlen(option->name);
  return strncmp(word, "--", 2) || (!strncmp(word + 2, option->name, len) &&
                                    (!word[2 + len] || word[2 + len] == '='));
}

static bool is_taken(struct daemon_options *out, int letter, char **argv, int from,
                     int index) {
  if (letter != '?' && !is_whole(argv[from], &options[index])) {
    fprintf(stderr, "afterward serve: there is no option %s; did you mean --%s?\n",
            argv[from], options[index].name);
    return false;
  }
  return take(out, letter, optarg);
}

int serve_main(int argc, char **argv) {
  struct daemon daemon = {.options = {.clock_speed = 1}};
  struct status status = {0};
  int letter, index = 0, from = optind;
  for (; (letter = getopt_long(argc, argv, "", options, &index)) != -1; from = optind) {
    if (letter == 'h') {
      fputs(usage, stdout);
      return 0;
    }
    if (!is_taken(&daemon.options, letter, argv, from, index)) {
      fprintf(stderr, "afterward serve: see afterward serve --help\n");
      return EXIT_USAGE;
    }
  }
  if (optind < argc) {
    fprintf(stderr,
            "afterward serve: one word too many: \"%s\"; see afterward serve --help\n",
            argv[optind]);
    return EXIT_USAGE;
  }
  mem_return_large();
  int code = daemon_start(&daemon, &status);
  if (code)
    fprintf(stderr, "afterward serve: %s\n", status.text);
  else
    daemon_run(&daemon);
  daemon_free(&daemon);
  return code ? 1 : 0;
}
