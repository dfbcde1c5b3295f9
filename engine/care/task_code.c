// The result codes of WARD 12 and three that end a task without a call.
#include <string.h>

#include "care/task.h"

static const struct result_code codes[] = {
    // code, zh, en, call, attempt, spoke
    {"done", "完成", "done", false, true, true},
    {"reached", "已接通", "reached", true, true, true},
    {"partial", "部分完成", "partly done", true, true, true},
    {"proxy", "家属代答", "answered by family", true, true, true},
    {"call-later", "约时再拨", "ring again at", true, true, true},
    {"no-answer", "无人接听", "no answer", true, true, false},
    {"busy", "占线", "engaged", true, true, false},
    {"off", "关机", "switched off", true, true, false},
    {"void", "停机空号", "number not in use", true, true, false},
    {"wrong-person", "非本人", "somebody else's number", true, true, false},
    {"unverified", "核对失败", "identity not confirmed", true, true, false},
    {"language", "语言不通", "no common language", true, false, true},
    {"refused-today", "本次拒访", "refused this time", true, true, true},
    {"refused", "永久拒访", "refused for good", true, true, true},
    {"readmitted", "已再入院", "in hospital again", true, true, true},
    {"elsewhere", "已外院就诊", "treated elsewhere", true, true, true},
    {"deceased", "已故", "deceased", true, true, true},
    {"transfer", "转办", "passed on", false, false, false},
    {"not-done", "未做:人力不足", "not done: no hands", false, false, false},
    {"lost", "失访", "lost to follow-up", false, false, false},
    {NULL, NULL, NULL, false, false, false},
};

const struct result_code *result_codes(void) { return codes; }

const struct result_code *result_code_find(const char *word) {
  for (const struct result_code *code = codes; code->code; code++)
    if (strcmp(code->code, word) == 0 || strcmp(code->zh, word) == 0) return code;
  return NULL;
}
