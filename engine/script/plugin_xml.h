// XML as gateways send it, for plugins: no document types, no entities but the five.
#pragma once

#include <lua.h>

// xml.parse(text) → { name =, attr = { … }, text =, children = { … } }, or nil and why.
int plugin_xml_parse(lua_State *L);
