#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define TANGRAM_ROUNDS
#define TANGRAM_LANES 16
#define TANGRAM_LEVEL tangram_serving_avx512
#include "lanes_vector.h"
#include "serving_batch_body.h"
#pragma clang attribute pop
#endif
