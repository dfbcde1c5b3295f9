// A candidate compared with what is active, and runs that stayed behind moved on: in the
// background, in slices of some milliseconds.
#pragma once

#include "api/api.h"
#include "engine.h"
#include "io/loop.h"

struct compare;

struct compare *compare_new(struct engine *engine, struct loop *loop);
void compare_free(struct compare *compare);  // who still waits is not told
// Takes one up; done is told once: { status, detail } or status 200 and what was found.
void compare_ask(struct compare *compare, const struct api_comparison *asked,
                 inbox_done *done, void *self);
