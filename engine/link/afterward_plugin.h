// What Afterward and a native plugin say to each other. A plugin is a shared library,
// plugins/NAME/NAME.so, that exports one constant:
//
//   const struct aw_plugin afterward_plugin = { .abi = AW_ABI, .size = sizeof
//   afterward_plugin,
//                                               .name = "NAME", … };
//
// The configuration makes connectors of it: connectors = { his = { plugin = "NAME", … }
// }; each has settings, listeners and figures of its own.
//
// Everything happens on one thread, the engine's: calls into the plugin, and the plugin's
// calls of the host. So a plugin returns quickly, never waits, and never calls the host
// from another thread. Texts are UTF-8 that ends with NUL. Texts and bytes that are
// handed over live until the call returns; who needs them longer copies them.
//
// What a connector has registered (listeners, streams, timers, figures, events that wait
// for an answer) is undone by the host before it unloads it, also when load fails: closed
// is called for each stream, told for each event. A later ABI
// with the same number may add members at the end of a struct: size tells how much of it
// the other side knows.
#ifndef AFTERWARD_PLUGIN_H
#define AFTERWARD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define AW_ABI 1u

struct aw_host;      // the engine, as one connector sees it: see below
struct aw_listener;  // takes TCP streams on a port
struct aw_stream;    // one of them, or one that was called
struct aw_timer;
struct aw_metric;
struct aw_node;   // a value of a table that was read from a Lua file
struct aw_asked;  // a question of a person, that waits for its answer

// --- settings: what the configuration may say of a connector

#define AW_TEXT 1u    // "127.0.0.1"
#define AW_NUMBER 2u  // a whole number
#define AW_FLAG 3u    // true or false; read as a number, 1 or 0

struct aw_setting {
  const char *name;       // a word: "listen"
  const char *otherwise;  // taken when it is not set: "127.0.0.1:2575", "30", "true";
                          // NULL: it must be set
  const char *does;       // one line for people
  uint32_t kind;          // AW_TEXT, AW_NUMBER, AW_FLAG
};

// --- streams

struct aw_stream_calls {  // each may be NULL
  // A stream made by call is connected.
  void (*connected)(void *self, struct aw_stream *stream);
  void (*received)(void *self, struct aw_stream *stream, const char *bytes, size_t count);
  // Once, the last: the stream is gone when this returns. why is NULL when the other end
  // has closed, else a few words. Never within a host's call.
  void (*closed)(void *self, struct aw_stream *stream, const char *why);
};

struct aw_listen {
  const char *address;  // "127.0.0.1:2575", "[::]:2575"; port 0 is any that is free
  const char *peers;    // "10.0.0.5, 10.1.0.0/16": who may come in; "" or NULL: everybody
  uint32_t most;        // streams at once; more are closed at once
  // A stream came in: give it calls with take, now.
  void (*opened)(void *self, struct aw_stream *stream);
  void *self;
};

// --- events

struct aw_told {   // what became of an event
  int32_t status;  // 0: not known, as the connector is unloaded. 202: committed. 409:
                   // another event was taken with its id. 422: it can't be taken. 507:
                   // the disk is full; send it again later
  const char *detail;  // a sentence when it was not taken; else NULL
};

struct aw_event {
  const char *json;  // an event as POST /api/v1/events takes it, with its "id"
  size_t size;       // bytes
  // Called once, from the loop, when the event is in the database for good or was
  // refused: only now may its sender be told that it was taken. The same id with the same
  // content is taken once and told 202 again. May be NULL.
  void (*told)(void *self, const struct aw_told *told);
  void *self;
};

// What came and can't be an event is kept for a person, who looks at it, mends it and has
// it replayed (afterward dead-letters).
struct aw_letter {
  const char *id;      // of the sender
  const char *reason;  // a sentence
  const char *bytes;   // UTF-8, as the plugin wants it back
  size_t count;
  void (*told)(void *self, const struct aw_told *told);  // as aw_event.told
  void *self;
};

// --- tables: what a hospital says of its own, in a Lua file that returns a table of
// texts, numbers, flags and tables. It is read in a sandbox, once, and lives until
// unload.

#define AW_NIL 0u
#define AW_LIST 4u
#define AW_MAP 5u  // beside AW_TEXT, AW_NUMBER (also of fractions), AW_FLAG

// --- what the host does for a connector. The first argument is what load was given.

#define AW_ERROR 3u  // levels of log
#define AW_WARN 4u
#define AW_INFO 6u
#define AW_DEBUG 7u

#define AW_COUNTER 1u  // only grows: its name ends in _total
#define AW_GAUGE 2u

struct aw_host {
  uint32_t abi, size;
  const char *name;  // the connector's: "his"

  // Settings as declared; a name that was not declared ends the process.
  const char *(*text)(const struct aw_host *host, const char *name);
  int64_t (*number)(const struct aw_host *host, const char *name);

  // Milliseconds since 1970 by the engine's clock, which may run faster in a rehearsal.
  int64_t (*now)(const struct aw_host *host);
  // event is a short stable word ("message.taken"), text "key=value key=value" or "". Ids
  // only: no names, no numbers of people.
  void (*log)(const struct aw_host *host, uint32_t level, const char *event,
              const char *text);

  // 0: told will be called. Else it can't be an event: why, of room bytes, gets a
  // sentence with the field and the remedy, and told is not called.
  int (*submit)(const struct aw_host *host, const struct aw_event *event, char *why,
                size_t room);

  // Whether submit would take it, without taking it; told and self are not looked at.
  int (*check)(const struct aw_host *host, const struct aw_event *event, char *why,
               size_t room);

  // told is called when it is in the database for good, or can't be kept now.
  void (*keep)(const struct aw_host *host, const struct aw_letter *letter);

  // file: a path, or the name of a file below the folder of plugins, such as
  // "hl7/map.lua". NULL: why says file, line and what is wrong.
  const struct aw_node *(*table)(const struct aw_host *host, const char *file, char *why,
                                 size_t room);
  // Of a node, which may be NULL: that is AW_NIL, without fields and items.
  uint32_t (*kind)(const struct aw_node *node);
  const char *(*word)(const struct aw_node *node);  // a text; "" of anything else
  double (*value)(const struct aw_node *node);      // a number or flag; else 0
  const struct aw_node *(*field)(const struct aw_node *node, const char *name);
  // Items of a list, from 0, and pairs of a map by their keys' order; NULL past the end.
  // key, which may be NULL, gets the name of a pair.
  const struct aw_node *(*item)(const struct aw_node *node, size_t index,
                                const char **key);

  // Answers what ask was given: status 200, 404, 422 …, and a JSON object.
  void (*answer)(struct aw_asked *asked, int status, const char *json, size_t count);

  // NULL: why says what to change.
  struct aw_listener *(*listen)(const struct aw_host *host, const struct aw_listen *how,
                                char *why, size_t room);
  int (*port)(const struct aw_listener *listener);  // that it has, when 0 was asked for
  // Calls an address, such as "10.0.0.5:2575". What fails is told by closed.
  struct aw_stream *(*call)(const struct aw_host *host, const char *address,
                            const struct aw_stream_calls *calls, void *self);
  void (*take)(struct aw_stream *stream, const struct aw_stream_calls *calls, void *self);
  const char *(*peer)(const struct aw_stream *stream);                       // "10.0.0.5"
  void (*write)(struct aw_stream *stream, const void *bytes, size_t count);  // copied
  size_t (*unsent)(const struct aw_stream *stream);  // bytes the other end has not taken
  // While paused nothing is received: a peer that sends faster than it is answered waits.
  void (*pause)(struct aw_stream *stream, int paused);
  void (*end)(struct aw_stream *stream);  // when all is sent; closed follows

  // fired once, ms after each arm, which replaces what was armed before; ms below 0
  // disarms. Real milliseconds.
  struct aw_timer *(*timer)(const struct aw_host *host, void (*fired)(void *self),
                            void *self);
  void (*arm)(struct aw_timer *timer, int64_t ms);
  void (*drop)(struct aw_timer *timer);  // never fires again; NULL is fine

  // A figure in /metrics, with the connector as its label. The name begins with
  // "afterward_NAME_"; kind is AW_COUNTER or AW_GAUGE. The same name gives the same
  // figure.
  struct aw_metric *(*metric)(const struct aw_host *host, const char *name,
                              const char *help, uint32_t kind);
  void (*add)(struct aw_metric *metric, double by);
  void (*set)(struct aw_metric *metric, double to);  // gauges
};

// --- what the plugin exports as afterward_plugin

struct aw_plugin {
  uint32_t abi, size;                 // AW_ABI, sizeof (struct aw_plugin)
  const char *name;                   // as its folder
  const char *version;                // "1.0.0"
  const char *does;                   // one line for people
  const struct aw_setting *settings;  // ended by a NULL name
  // Makes a connector: *self is handed to unload. Not 0: why, of room bytes, gets a
  // sentence, and the engine does not start.
  int (*load)(const struct aw_host *host, void **self, char *why, size_t room);
  // A person's question to the connector: what is a word such as "explain", bytes are
  // UTF-8. Ends in one answer, at once or later (also after load and before unload only).
  // NULL: there is nothing to ask.
  void (*ask)(void *self, struct aw_asked *asked, const char *what, const char *bytes,
              size_t count);
  // Frees what load made. What was registered is gone by now: no host's call but log.
  void (*unload)(const struct aw_host *host, void *self);
};

extern __attribute__((visibility("default"))) const struct aw_plugin afterward_plugin;

#endif
