#include "CCatalogueData.h"
