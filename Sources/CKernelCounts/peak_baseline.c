#define TANGRAM_LANES 4
#define TANGRAM_PEAK tangram_peak_baseline
#define TANGRAM_PEAK_DIVISIONS tangram_peak_divisions_baseline
#include "peak_body.h"
