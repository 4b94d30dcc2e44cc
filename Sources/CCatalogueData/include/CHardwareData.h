#ifndef TANGRAM_HARDWARE_DATA_H
#define TANGRAM_HARDWARE_DATA_H

/* The hardware catalogue as UTF-8 JSON, embedded by hardware.c; not terminated by a zero.
   The functions exist because Swift does not import arrays of unknown length. */

extern const unsigned char tangram_accelerators_json[];
extern const unsigned long tangram_accelerators_json_count;
const unsigned char *tangram_accelerators(void);

extern const unsigned char tangram_links_json[];
extern const unsigned long tangram_links_json_count;
const unsigned char *tangram_links(void);

extern const unsigned char tangram_collectives_json[];
extern const unsigned long tangram_collectives_json_count;
const unsigned char *tangram_collectives(void);

extern const unsigned char tangram_efficiency_json[];
extern const unsigned long tangram_efficiency_json_count;
const unsigned char *tangram_efficiency(void);

extern const unsigned char tangram_curves_json[];
extern const unsigned long tangram_curves_json_count;
const unsigned char *tangram_curves(void);

extern const unsigned char tangram_stacks_json[];
extern const unsigned long tangram_stacks_json_count;
const unsigned char *tangram_stacks(void);

extern const unsigned char tangram_engines_json[];
extern const unsigned long tangram_engines_json_count;
const unsigned char *tangram_engines(void);

extern const unsigned char tangram_frameworks_json[];
extern const unsigned long tangram_frameworks_json_count;
const unsigned char *tangram_frameworks(void);

#endif
