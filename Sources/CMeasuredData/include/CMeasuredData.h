#ifndef TANGRAM_MEASURED_DATA_H
#define TANGRAM_MEASURED_DATA_H

/* Published measurements as comma-separated values, embedded by measured.c; not terminated by a
   zero. The functions exist because Swift does not import arrays of unknown length. */

extern const unsigned long tangram_measured_training_count;
const unsigned char *tangram_measured_training(void);

extern const unsigned long tangram_measured_memory_count;
const unsigned char *tangram_measured_memory(void);

extern const unsigned long tangram_measured_serving_count;
const unsigned char *tangram_measured_serving(void);

extern const unsigned long tangram_measured_rl_count;
const unsigned char *tangram_measured_rl(void);

#endif
