// Scripts into a simulated world, from texts or from a folder.
#pragma once

#include <lua.h>

#include "engine.h"

// (sim, department, { path = text, … }): true, problems; or nil, problems, why.
int sim_load_texts(lua_State *L, struct engine *engine);
// (sim, folder, department): the same of the files of a scripts folder.
int sim_load_folder(lua_State *L, struct engine *engine);
