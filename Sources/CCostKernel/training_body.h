// The arithmetic of training over the lanes that were included before.
#include "lanes_common.h"
#include "operators_body.h"
#include "collectives_body.h"
#include "exchange_body.h"
#include "training_layer_body.h"
#include "training_memory_body.h"
#include "training_step_body.h"
