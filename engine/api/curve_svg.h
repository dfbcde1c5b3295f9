// A curve as a picture: the expected course as a band, readings as dots on a line.
#pragma once

#include "care/curve.h"

enum { CURVE_WIDTH = 640, CURVE_HEIGHT = 260 };

// Appends one picture of that size; english: its words. top: where it begins within a
// larger one; a whole <svg> of its own when inner is false.
void curve_svg(const struct curve *curve, const struct zone *zone, bool english, int top,
               bool inner, struct buf *out);
// In words, for who can't see it: the last reading, and what is expected.
void curve_words(const struct curve *curve, const struct zone *zone, bool english,
                 struct buf *out);
