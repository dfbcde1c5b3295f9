#include "sim/care.h"

#include <lauxlib.h>

#include "base/mem.h"
#include "care/enroll.h"
#include "care/enrollment.h"

int sim_planned_push(lua_State *L, struct care *care) {
  enum { MOST = 2000 };
  int64_t id = luaL_checkinteger(L, 2);
  lua_Integer most = luaL_optinteger(L, 3, 100);
  if (most < 1 || most > MOST) return luaL_argerror(L, 3, "1 to 2000");
  struct planned *list = lua_newuserdatauv(L, (size_t)most * sizeof *list, 0);
  int count = enrollment_planned(care, id, list, (int)most);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, list[i].step);
    lua_setfield(L, -2, "step");
    lua_pushinteger(L, list[i].due_at);
    lua_setfield(L, -2, "due_at");
    lua_pushinteger(L, list[i].valid_until);
    lua_setfield(L, -2, "valid_until");
    lua_pushstring(L, list[i].key);
    lua_setfield(L, -2, "day");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

void sim_enroll_patient(lua_State *L, struct care *care) {
  struct status status = {0};
  int64_t patient = luaL_checkinteger(L, 2);
  const char *department = luaL_checkstring(L, 3), *pathway = luaL_checkstring(L, 4);
  int64_t event = store_int(care->store, 0, "SELECT max(id) FROM event WHERE patient=?1",
                            "i", patient);
  char *tier =
      enrollment_evaluate_tier(care, department, pathway, patient, 0, event, &status);
  if (!status.code && !store_begin(care->store, &status)) {
    enroll(care, &(struct enroll_spec){patient, event, department, pathway, tier});
    store_commit(care->store, &status);
  }
  mem_free(tier);
  if (status.code) luaL_error(L, "%s", status.text);
}
