#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define TANGRAM_LANES 8
#define TANGRAM_PEAK tangram_peak_avx2
#define TANGRAM_PEAK_DIVISIONS tangram_peak_divisions_avx2
#include "peak_body.h"
#pragma clang attribute pop
#endif
