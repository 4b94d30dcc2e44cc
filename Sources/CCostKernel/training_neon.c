#if defined(__aarch64__)
#define TANGRAM_ROUNDS
#define TANGRAM_LANES 4
#define TANGRAM_LEVEL tangram_training_neon
#include "lanes_vector.h"
#include "training_batch_body.h"
#endif
