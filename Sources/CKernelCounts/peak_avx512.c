#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define TANGRAM_LANES 16
#define TANGRAM_PEAK tangram_peak_avx512
#define TANGRAM_PEAK_DIVISIONS tangram_peak_divisions_avx512
#include "peak_body.h"
#pragma clang attribute pop
#endif
