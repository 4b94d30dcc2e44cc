#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define TANGRAM_ROUNDS
#define TANGRAM_LANES 8
#define TANGRAM_LEVEL tangram_training_avx2
#include "lanes_vector.h"
#include "training_batch_body.h"
#pragma clang attribute pop
#endif
