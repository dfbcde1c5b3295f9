// FHIR R4 under /fhir: resources that come become the same events as POST /api/v1/events,
// and what the database knows is shown as resources. Nothing is kept as FHIR.
#pragma once

#include "api/api.h"

struct fhir_hooks;
struct fhir_sources;
struct http_thread;

struct fhir {
  struct api *api;      // borrowed; hands on what is asked under /fhir
  struct care *care;    // borrowed
  struct buf base;      // "https://…/fhir": what addresses of resources begin with
  char *mrn, *visit;    // systems of patients' and of stays' numbers; NULL: any. Owned
  char *url;            // what base was made from; NULL: the site's address. Owned
  char *hooks_allowed;  // what addresses of subscribers may begin with; NULL: none. Owned
  struct fhir_hooks *hooks;
  struct fhir_sources *sources;  // NULL: none
};

// What the daemon gives beside the api.
struct fhir_parts {
  struct loop *loop;
  struct http_thread *client;  // calls to subscribers; borrowed until fhir_stop
};

// Reads settings.fhir and registers the inbox kind "fhir". After api_init, before the
// first step of the kernel.
int fhir_open(struct fhir *fhir, struct api *api, const struct fhir_parts *parts,
              struct status *status);
void fhir_stop(struct fhir *fhir);   // before the client goes
void fhir_close(struct fhir *fhir);  // after api_deinit
