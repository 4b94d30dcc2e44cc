#ifndef TANGRAM_PLACEMENT_KERNEL_H
#define TANGRAM_PLACEMENT_KERNEL_H

#include "CInstructionSet.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Most resources that one option may use.
#define TANGRAM_RESOURCE_SLOTS 24

/// The best option of each job's menu at the given prices.
///
/// With s(o) = value[o] - ((0 + price[r0]*a0) + price[r1]*a1 + …) over slot_count slots, where
/// rk = resource[k][o] and ak = amount[k][o], each operation rounded on its own (no FMA): for each
/// job j in [job_begin, job_end), best[j] is the option o of [offset[j], offset[j+1]) with the
/// largest s(o), the lowest o among equals, and best_score[j] that s(o). Where no s(o) is above
/// zero, best[j] is -1 and best_score[j] is 0. Options are counted over all menus, not within one.
/// A NaN score is never the best.
///
/// Every level gives the same bits.
///
/// Preconditions: `level` is supported; slot_count is at most TANGRAM_RESOURCE_SLOTS; `price` has
/// resource_count + 1 entries, the last 0.0; resource numbers are in [0, resource_count), or -1 for
/// an unused slot, whose amount is finite. A number outside reads the last entry, never memory
/// outside of `price`. Fewer than 2^31 options.
///
/// Jobs are independent: calls on disjoint ranges may run at the same time on the same arrays.
void tangram_price_menus(
    tangram_simd_level level,
    const double *value,
    const int32_t *const *resource, const double *const *amount, uint32_t slot_count,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score);

/// The same function as a plain loop: what the levels are tested against.
void tangram_price_menus_reference(
    const double *value,
    const int32_t *const *resource, const double *const *amount, uint32_t slot_count,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score);

#ifdef __cplusplus
}
#endif

#endif
