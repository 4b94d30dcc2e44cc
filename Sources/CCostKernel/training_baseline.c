#define TANGRAM_LANES 4
#define TANGRAM_LEVEL tangram_training_baseline
#include "lanes_vector.h"
#include "training_batch_body.h"
