// A simulated world's patients on their pathways, as specs and simulations look at them
// and put them there.
#pragma once

#include <lua.h>

#include "care/care.h"

// (sim, enrollment, most): pushes the list of { step, due_at, valid_until, day }.
int sim_planned_push(lua_State *L, struct care *care);
// (sim, patient, department, pathway): by the patient's newest event, whatever the
// pathway's `enroll` says. Nothing when that event has enrolled already.
void sim_enroll_patient(lua_State *L, struct care *care);
