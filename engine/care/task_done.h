// A task's result: its form is judged, the call recorded, the task closed or moved.
#pragma once

#include "care/care.h"

void task_done_handler(struct care *care);  // inbox "task.done"
