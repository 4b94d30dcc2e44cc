#ifndef TANGRAM_INSTRUCTION_SET_H
#define TANGRAM_INSTRUCTION_SET_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An instruction set that the kernels are compiled for.
typedef enum {
    /// What every processor of the architecture runs.
    TANGRAM_SIMD_BASELINE = 0,
    /// x86-64: 256-bit vectors.
    TANGRAM_SIMD_AVX2 = 1,
    /// x86-64, AVX-512 F: 512-bit vectors.
    TANGRAM_SIMD_AVX512 = 2,
    /// aarch64: 128-bit vectors.
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

#ifdef __cplusplus
}
#endif

#endif
