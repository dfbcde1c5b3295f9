#include "api/curve_svg.h"

#include <math.h>
#include <stdio.h>

#include "api/html.h"

enum { LEFT = 64, RIGHT = 16, TOP = 40, BOTTOM = 36, TICKS = 4 };

struct frame {  // from time and value to the picture
  int64_t from, to;
  double low, high;
  int top;
};

static void stretch(struct frame *frame, int64_t at, double low, double high) {
  if (at < frame->from) frame->from = at;
  if (at > frame->to) frame->to = at;
  if (low < frame->low) frame->low = low;
  if (high > frame->high) frame->high = high;
}

static struct frame frame_of(const struct curve *curve, int top) {
  struct frame frame = {INT64_MAX, INT64_MIN, INFINITY, -INFINITY, top};
  for (size_t i = 0; i < curve->count; i++)
    stretch(&frame, curve->points[i].at, curve->points[i].value, curve->points[i].value);
  for (size_t i = 0; i < curve->band_count; i++)
    stretch(&frame, curve->bands[i].at, curve->bands[i].low, curve->bands[i].high);
  if (frame.from > frame.to) frame = (struct frame){0, 1, 0, 1, top};
  if (frame.to == frame.from) frame.to += CIVIL_DAY_MS;
  double room = (frame.high - frame.low) * 0.08;
  if (room <= 0) room = fabs(frame.high) * 0.1 + 1;
  frame.low = frame.low >= 0 && frame.low < room ? 0 : frame.low - room;
  frame.high += room;
  return frame;
}

static double x_of(const struct frame *frame, int64_t at) {
  double share = (double)(at - frame->from) / (double)(frame->to - frame->from);
  return LEFT + share * (CURVE_WIDTH - LEFT - RIGHT);
}

static double y_of(const struct frame *frame, double value) {
  double share = (value - frame->low) / (frame->high - frame->low);
  return frame->top + CURVE_HEIGHT - BOTTOM - share * (CURVE_HEIGHT - TOP - BOTTOM);
}

// "3-02", which reads the same everywhere.
static void put_day(const struct zone *zone, int64_t at, struct buf *out) {
  struct civil day = zone_civil(zone, at);
  buf_printf(out, "%d-%02d", (int)day.month, (int)day.day);
}

static void put_grid(const struct frame *frame, const struct zone *zone,
                     struct buf *out) {
  for (int i = 0; i <= TICKS; i++) {
    double value = frame->low + (frame->high - frame->low) * i / TICKS;
    double y = y_of(frame, value);
    int64_t at = frame->from + (frame->to - frame->from) * i / TICKS;
    buf_printf(out,
               "<path d=\"M%d %.1fH%d\" stroke=\"#d0d0d0\"/><text x=\"%d\" y=\"%.1f\" "
               "text-anchor=\"end\">%.*f</text>",
               LEFT, y, CURVE_WIDTH - RIGHT, LEFT - 8, y + 5,
               frame->high - frame->low < 8 ? 1 : 0, value);
    buf_printf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x_of(frame, at),
               frame->top + CURVE_HEIGHT - 12,
               i == 0       ? "start"
               : i == TICKS ? "end"
                            : "middle");
    put_day(zone, at, out);
    buf_puts(out, "</text>");
  }
}

static void put_band(const struct curve *curve, const struct frame *frame,
                     struct buf *out) {
  if (curve->band_count < 2) return;
  buf_puts(out, "<path class=\"band\" fill=\"#cfe3ee\" d=\"");
  for (size_t i = 0; i < curve->band_count; i++)
    buf_printf(out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(frame, curve->bands[i].at),
               y_of(frame, curve->bands[i].high));
  for (size_t i = curve->band_count; i-- > 0;)
    buf_printf(out, "L%.1f %.1f", x_of(frame, curve->bands[i].at),
               y_of(frame, curve->bands[i].low));
  buf_puts(out, "Z\"/>");
}

// What lies outside of the expected course is filled and red: never by colour alone.
static void put_points(const struct curve *curve, const struct frame *frame,
                       struct buf *out) {
  if (!curve->count) return;
  buf_puts(out, "<path fill=\"none\" stroke=\"#0b4f6c\" stroke-width=\"2\" d=\"");
  for (size_t i = 0; i < curve->count; i++)
    buf_printf(out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(frame, curve->points[i].at),
               y_of(frame, curve->points[i].value));
  buf_puts(out, "\"/>");
  for (size_t i = 0; i < curve->count; i++) {
    bool outside = curve_side(curve, &curve->points[i]) != 0;
    buf_printf(out,
               "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\" stroke=\"%s\" "
               "stroke-width=\"2\"/>",
               x_of(frame, curve->points[i].at), y_of(frame, curve->points[i].value),
               outside ? 6 : 4, outside ? "#b00020" : "#fff",
               outside ? "#b00020" : "#0b4f6c");
  }
}

static void put_title(const struct curve *curve, bool english, struct buf *out) {
  html_text(out, english ? curve->en : curve->zh);
  if (!curve->unit || curve->unit[0] == '{') return;
  buf_puts(out, " (");
  html_text(out, curve->unit);
  buf_putc(out, ')');
}

void curve_words(const struct curve *curve, const struct zone *zone, bool english,
                 struct buf *out) {
  const struct curve_point *last = curve->count ? &curve->points[curve->count - 1] : NULL;
  struct curve_band band;
  if (!last) {
    buf_puts(out, english ? "Nothing was measured yet." : "还没有数值。");
    return;
  }
  buf_puts(out, english ? "Last on " : "最近一次（");
  put_day(zone, last->at, out);
  buf_printf(out, english ? ": %g" : "）：%g", last->value);
  if (curve_expected(curve, last->at, &band))
    buf_printf(out, english ? ", expected %.1f to %.1f" : "，预期 %.1f 至 %.1f", band.low,
               band.high);
  buf_puts(out, english ? "." : "。");
}

void curve_svg(const struct curve *curve, const struct zone *zone, bool english, int top,
               bool inner, struct buf *out) {
  struct frame frame = frame_of(curve, top);
  if (!inner)
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
               "width=\"100%%\" role=\"img\" font-family=\"sans-serif\" "
               "font-size=\"14\" fill=\"#1a1a1a\">",
               CURVE_WIDTH, CURVE_HEIGHT);
  else
    buf_puts(out, "<g>");
  buf_puts(out, "<title>");
  put_title(curve, english, out);
  buf_puts(out, "</title><desc>");
  curve_words(curve, zone, english, out);
  buf_printf(out, "</desc><text x=\"%d\" y=\"%d\" font-size=\"17\">", LEFT, top + 24);
  put_title(curve, english, out);
  buf_puts(out, "</text>");
  put_band(curve, &frame, out);
  put_grid(&frame, zone, out);
  put_points(curve, &frame, out);
  buf_puts(out, inner ? "</g>" : "</svg>");
}
