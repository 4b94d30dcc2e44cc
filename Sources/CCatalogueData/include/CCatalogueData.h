#ifndef TANGRAM_CATALOGUE_DATA_H
#define TANGRAM_CATALOGUE_DATA_H
#include "CModelData.h"
#endif
