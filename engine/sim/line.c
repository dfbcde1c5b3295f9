#include "sim/line.h"

#include <editline/readline.h>
#include <lauxlib.h>
#include <locale.h>
#include <stdlib.h>

int sim_line_read(lua_State *L) {
  setlocale(LC_CTYPE, "");  // a letter is not a byte: one step of the cursor
  char *line = readline(luaL_checkstring(L, 1));
  if (!line) {
    lua_pushnil(L);
    return 1;
  }
  if (*line) add_history(line);
  lua_pushstring(L, line);
  free(line);
  return 1;
}
