#include "CHardwareData.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

const unsigned char tangram_accelerators_json[] = {
#embed "data/accelerators.json"
};
const unsigned long tangram_accelerators_json_count = sizeof tangram_accelerators_json;
const unsigned char *tangram_accelerators(void) { return tangram_accelerators_json; }

const unsigned char tangram_links_json[] = {
#embed "data/links.json"
};
const unsigned long tangram_links_json_count = sizeof tangram_links_json;
const unsigned char *tangram_links(void) { return tangram_links_json; }

const unsigned char tangram_collectives_json[] = {
#embed "data/collectives.json"
};
const unsigned long tangram_collectives_json_count = sizeof tangram_collectives_json;
const unsigned char *tangram_collectives(void) { return tangram_collectives_json; }

const unsigned char tangram_efficiency_json[] = {
#embed "data/efficiency.json"
};
const unsigned long tangram_efficiency_json_count = sizeof tangram_efficiency_json;
const unsigned char *tangram_efficiency(void) { return tangram_efficiency_json; }

const unsigned char tangram_curves_json[] = {
#embed "data/curves.json"
};
const unsigned long tangram_curves_json_count = sizeof tangram_curves_json;
const unsigned char *tangram_curves(void) { return tangram_curves_json; }

const unsigned char tangram_stacks_json[] = {
#embed "data/stacks.json"
};
const unsigned long tangram_stacks_json_count = sizeof tangram_stacks_json;
const unsigned char *tangram_stacks(void) { return tangram_stacks_json; }

const unsigned char tangram_engines_json[] = {
#embed "data/engines.json"
};
const unsigned long tangram_engines_json_count = sizeof tangram_engines_json;
const unsigned char *tangram_engines(void) { return tangram_engines_json; }

const unsigned char tangram_frameworks_json[] = {
#embed "data/frameworks.json"
};
const unsigned long tangram_frameworks_json_count = sizeof tangram_frameworks_json;
const unsigned char *tangram_frameworks(void) { return tangram_frameworks_json; }
