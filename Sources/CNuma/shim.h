#ifndef TANGRAM_NUMA_SHIM_H
#define TANGRAM_NUMA_SHIM_H

#include <numa.h>

// Wrappers of what Swift cannot call safely: libnuma's global masks, which are mutable variables,
// and masks that it allocates. Call numa_available() first.

/// Whether `node` is one that libnuma knows; other numbers make it print messages of its own.
static inline int tangram_numa_has_node(int node) {
    return node >= 0 && node <= numa_max_node()
        && numa_bitmask_isbitset(numa_nodes_ptr, (unsigned)node);
}

/// Whether this process may allocate memory on `node` (the cpuset's mems).
static inline int tangram_numa_may_allocate(int node) {
    if (!tangram_numa_has_node(node)) { return 0; }
    struct bitmask *allowed = numa_get_mems_allowed();
    if (allowed == 0) { return 0; }
    int result = numa_bitmask_isbitset(allowed, (unsigned)node);
    numa_bitmask_free(allowed);
    return result;
}

/// Sets bit n of `bits` (n / 8, n % 8) for each CPU n of `node`.
/// @return 0, or -1 where the node is unknown or its CPUs cannot be read.
static inline int tangram_numa_cpus(int node, unsigned char *bits, unsigned byte_count) {
    if (!tangram_numa_has_node(node)) { return -1; }
    struct bitmask *cpus = numa_allocate_cpumask();
    if (cpus == 0) { return -1; }
    int result = numa_node_to_cpus(node, cpus);
    if (result == 0) {
        for (unsigned cpu = 0; cpu < cpus->size && cpu / 8 < byte_count; cpu++) {
            if (numa_bitmask_isbitset(cpus, cpu)) { bits[cpu / 8] |= (unsigned char)(1u << (cpu % 8)); }
        }
    }
    numa_bitmask_free(cpus);
    return result;
}

#endif
