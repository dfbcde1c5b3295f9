// Answer models: what patients, families and staff of a simulated world do. A Lua file in
// a sandbox, or the one that ships (scripts/demo/model.lua).
#pragma once

#include <lua.h>

// (file or nil, seed): a model; its method call(name, patient, thing) gives what the
// model's function of that name gives, three values at most, or what the shipped one
// gives when the file has none; place(name) is "file:line: " of that function. Errors are
// raised with the model's file and line. Within the file,
// require "usual" is the shipped model.
int sim_model_new(lua_State *L);
void sim_model_register(lua_State *L);
