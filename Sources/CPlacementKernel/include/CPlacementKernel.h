#ifndef TANGRAM_PLACEMENT_KERNEL_H
#define TANGRAM_PLACEMENT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An instruction set that the kernel is compiled for.
typedef enum {
    /// What every processor of the architecture runs.
    TANGRAM_SIMD_BASELINE = 0,
    /// x86-64: 4 lanes of double.
    TANGRAM_SIMD_AVX2 = 1,
    /// x86-64, AVX-512 F: 8 lanes of double.
    TANGRAM_SIMD_AVX512 = 2,
    /// aarch64: 2 lanes of double.
    TANGRAM_SIMD_NEON = 3,
} tangram_simd_level;

/// How many levels there are; they count from 0.
#define TANGRAM_SIMD_LEVEL_COUNT 4

/// Whether a wish for a level could be met.
typedef enum {
    TANGRAM_SIMD_OK = 0,
    /// The name is that of no level.
    TANGRAM_SIMD_UNKNOWN_NAME = 1,
    /// The level exists, and this processor does not run it.
    TANGRAM_SIMD_UNSUPPORTED = 2,
} tangram_simd_status;

/// The environment variable that forces a level.
#define TANGRAM_SIMD_VARIABLE "TANGRAM_SIMD"

/// The level's lower-case name ("avx2"), or NULL for a number that is no level.
const char *tangram_simd_name(tangram_simd_level level);

/// Whether this build has the level and this processor and its system run it.
bool tangram_simd_supported(tangram_simd_level level);

/// The widest level that is supported here.
tangram_simd_level tangram_simd_detected(void);

/// The level that `name` asks for; NULL and "" ask for the widest one.
///
/// On TANGRAM_SIMD_UNSUPPORTED `*level` is the level that was asked for; on
/// TANGRAM_SIMD_UNKNOWN_NAME it is not written. Nothing falls back: the caller decides.
tangram_simd_status tangram_simd_resolve(const char *name, tangram_simd_level *level);

/// The level to use in this process: TANGRAM_SIMD where it is set, otherwise the widest one.
///
/// The environment is read at the first call; later changes of it are not seen.
tangram_simd_status tangram_simd_in_use(tangram_simd_level *level);

/// Resources that one option may use.
#define TANGRAM_RESOURCE_SLOTS 4

/// The best option of each job's menu at the given prices.
///
/// With s(o) = value[o] - (((price[r0]*a0 + price[r1]*a1) + price[r2]*a2) + price[r3]*a3), where
/// rk = resource_k[o] and ak = amount_k[o], each operation rounded on its own (no FMA): for each
/// job j in [job_begin, job_end), best[j] is the option o of [offset[j], offset[j+1]) with the
/// largest s(o), the lowest o among equals, and best_score[j] that s(o). Where no s(o) is above
/// zero, best[j] is -1 and best_score[j] is 0. Options are counted over all menus, not within one.
/// A NaN score is never the best.
///
/// Every level gives the same bits.
///
/// Preconditions: `level` is supported; `price` has resource_count + 1 entries, the last 0.0;
/// resource numbers are in [0, resource_count), or -1 for an unused slot, whose amount is finite.
/// A number outside reads the last entry, never memory outside of `price`. Fewer than 2^31 options.
///
/// Jobs are independent: calls on disjoint ranges may run at the same time on the same arrays.
void tangram_price_menus(
    tangram_simd_level level,
    const double *value,
    const int32_t *resource_0, const int32_t *resource_1,
    const int32_t *resource_2, const int32_t *resource_3,
    const double *amount_0, const double *amount_1,
    const double *amount_2, const double *amount_3,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score);

/// The same function as a plain loop: what the levels are tested against.
void tangram_price_menus_reference(
    const double *value,
    const int32_t *resource_0, const int32_t *resource_1,
    const int32_t *resource_2, const int32_t *resource_3,
    const double *amount_0, const double *amount_1,
    const double *amount_2, const double *amount_3,
    const uint32_t *offset, size_t job_begin, size_t job_end,
    const double *price, uint32_t resource_count,
    int32_t *best, double *best_score);

#ifdef __cplusplus
}
#endif

#endif
