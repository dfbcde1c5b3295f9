// GET forecast: sends, calls and tasks of the coming weeks, by department and day.
#pragma once

#include "api/call.h"
#include "care/forecast.h"

void read_forecast(struct call *call);  // department, weeks (4, at most 12)
// Takes back the one being made; its caller is told that the service ends.
void read_forecast_stop(struct api *api);
// The forecast as JSON: per department its days, its steps with what they stand on, and
// what is not in it.
void read_forecast_put(struct care *care, const struct forecast *forecast,
                       struct buf *out);
