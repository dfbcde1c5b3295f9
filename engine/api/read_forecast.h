// GET forecast: sends, calls and tasks of the coming weeks, by department and day.
#pragma once

#include "api/call.h"

void read_forecast(struct call *call);  // department, weeks (4, at most 12)
// Takes back the one being made; its caller is told that the service ends.
void read_forecast_stop(struct api *api);
