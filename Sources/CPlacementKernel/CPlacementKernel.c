#include "CPlacementKernel.h"
