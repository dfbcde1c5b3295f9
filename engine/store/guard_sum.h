// Checksums of pages and of frames of the write-ahead log.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of a page's bytes and its place, so that one written to the wrong place is found too.
// Never 0, which stands for none.
uint64_t guard_sum(const unsigned char *page, size_t len, uint64_t place);

enum { FRAME_HEAD = 24, LOG_HEAD = 32 };
// Whether a frame's head and page agree, by SQLite's documented sums. before: the two
// sums of the frame before it, or of the log's head. big: the log's sums are big-endian.
bool guard_frame_fits(const unsigned char head[FRAME_HEAD], const unsigned char *page,
                      size_t len, const unsigned char before[8], bool big);
