#include "CMeasuredData.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char training[] = {
#embed "data/training.csv"
};
const unsigned long tangram_measured_training_count = sizeof training;
const unsigned char *tangram_measured_training(void) { return training; }

static const unsigned char memory[] = {
#embed "data/memory.csv"
};
const unsigned long tangram_measured_memory_count = sizeof memory;
const unsigned char *tangram_measured_memory(void) { return memory; }

static const unsigned char serving[] = {
#embed "data/serving.csv"
};
const unsigned long tangram_measured_serving_count = sizeof serving;
const unsigned char *tangram_measured_serving(void) { return serving; }

static const unsigned char rl[] = {
#embed "data/rl.csv"
};
const unsigned long tangram_measured_rl_count = sizeof rl;
const unsigned char *tangram_measured_rl(void) { return rl; }
