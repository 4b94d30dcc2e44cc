#ifndef TANGRAM_CATALOGUE_DATA_H
#define TANGRAM_CATALOGUE_DATA_H
#include "CHardwareData.h"
#include "CModelData.h"
#endif
