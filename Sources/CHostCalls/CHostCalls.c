#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "CHostCalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)

int tangram_allowed_cpus(uint8_t *bits, size_t byte_count) {
    cpu_set_t *set = calloc(1, byte_count);
    if (set == NULL) { return ENOMEM; }
    memset(bits, 0, byte_count);
    int code = 0;
    if (sched_getaffinity(0, byte_count, set) != 0) {
        code = errno;
    } else {
        for (size_t cpu = 0; cpu < byte_count * 8; cpu++) {
            if (CPU_ISSET_S(cpu, byte_count, set)) { bits[cpu / 8] |= (uint8_t)(1u << (cpu % 8)); }
        }
    }
    free(set);
    return code;
}

int tangram_pin_this_thread(int cpu) {
    if (cpu < 0) { return EINVAL; }
    size_t byte_count = CPU_ALLOC_SIZE(cpu + 1);
    cpu_set_t *set = calloc(1, byte_count);
    if (set == NULL) { return ENOMEM; }
    CPU_SET_S(cpu, byte_count, set);
    int code = sched_setaffinity(0, byte_count, set) == 0 ? 0 : errno;
    free(set);
    return code;
}

#else

int tangram_allowed_cpus(uint8_t *bits, size_t byte_count) {
    memset(bits, 0, byte_count);
    return ENOSYS;
}

int tangram_pin_this_thread(int cpu) {
    (void)cpu;
    return ENOSYS;
}

#endif
