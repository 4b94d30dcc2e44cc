#ifndef TANGRAM_HOST_CALLS_H
#define TANGRAM_HOST_CALLS_H

#include <stddef.h>
#include <stdint.h>

// The calls that Swift's Glibc module does not show, because glibc declares them for _GNU_SOURCE.

/// The CPUs that this process may run on (sched_getaffinity(2) of the calling thread), as a bit set
/// of `byte_count` bytes: CPU n is bit n % 8 of byte n / 8.
/// @return 0, or an errno value; ENOSYS where the system has no such call.
int tangram_allowed_cpus(uint8_t *bits, size_t byte_count);

/// Keeps the calling thread on `cpu` (sched_setaffinity(2)).
/// @return 0, or an errno value; ENOSYS where the system has no such call.
int tangram_pin_this_thread(int cpu);

#endif
