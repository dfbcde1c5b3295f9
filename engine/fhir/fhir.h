// FHIR R4 under /fhir: resources that come become the same events as POST /api/v1/events,
// and what the database knows is shown as resources. Nothing is kept as FHIR.
#pragma once

#include "api/api.h"

struct fhir {
  struct api *api;    // borrowed; hands on what is asked under /fhir
  struct care *care;  // borrowed
  struct buf base;    // "https://…/fhir": what addresses of resources begin with
  char *mrn, *visit;  // systems of patients' and of stays' numbers; NULL: any. Owned
  char *url;          // what base was made from; NULL: the site's address. Owned
};

// Reads settings.fhir and registers the inbox kind "fhir". After api_init, before the
// first step of the kernel.
int fhir_open(struct fhir *fhir, struct api *api, struct status *status);
void fhir_close(struct fhir *fhir);  // after api_deinit
