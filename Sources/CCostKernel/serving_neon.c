#if defined(__aarch64__)
#define TANGRAM_ROUNDS
#define TANGRAM_LANES 4
#define TANGRAM_LEVEL tangram_serving_neon
#include "lanes_vector.h"
#include "serving_batch_body.h"
#endif
