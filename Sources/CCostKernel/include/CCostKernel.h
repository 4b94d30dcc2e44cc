#ifndef TANGRAM_COST_KERNEL_H
#define TANGRAM_COST_KERNEL_H

#include "CInstructionSet.h"
#include "collective_table.h"
#include "device_table.h"
#include "exchange.h"
#include "lengths.h"
#include "model_table.h"
#include "operators.h"
#include "serving.h"
#include "training.h"
#include "training_search.h"

#endif
