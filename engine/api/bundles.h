// Departments' scripts: which version is active, what the files hold that is not, and
// what is being done with them; and how staff change that.
#pragma once

#include "api/call.h"

void bundles_list(struct call *call);
void bundles_show(struct call *call);      // with its versions, and what specs said
void bundles_reload(struct call *call);    // one department's files, or all
void bundles_activate(struct call *call);  // activate, rollback

// What a version does to live runs (replay_report.h), null when that is not known.
void bundle_report_json(struct call *call, struct json *json, const struct value *report);
