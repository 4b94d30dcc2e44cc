#ifndef TANGRAM_HARDWARE_DATA_H
#define TANGRAM_HARDWARE_DATA_H

/* The hardware catalogue as UTF-8 JSON, embedded by hardware.c; not terminated by a zero. */

extern const unsigned char tangram_accelerators_json[];
extern const unsigned long tangram_accelerators_json_count;

extern const unsigned char tangram_links_json[];
extern const unsigned long tangram_links_json_count;

extern const unsigned char tangram_collectives_json[];
extern const unsigned long tangram_collectives_json_count;

extern const unsigned char tangram_efficiency_json[];
extern const unsigned long tangram_efficiency_json_count;

#endif
