#include "CInstructionSet.h"

#include <stdlib.h>
#include <string.h>

static const char *const level_names[TANGRAM_SIMD_LEVEL_COUNT] = {
    "baseline", "avx2", "avx512", "neon",
};

const char *tangram_simd_name(tangram_simd_level level) {
    return (unsigned)level < TANGRAM_SIMD_LEVEL_COUNT ? level_names[level] : NULL;
}

bool tangram_simd_supported(tangram_simd_level level) {
    switch (level) {
    case TANGRAM_SIMD_BASELINE:
        return true;
#if defined(__x86_64__)
    case TANGRAM_SIMD_AVX2:
        return __builtin_cpu_supports("avx2");
    case TANGRAM_SIMD_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2");
#elif defined(__aarch64__)
    case TANGRAM_SIMD_NEON:
        return true;
#endif
    default:
        return false;
    }
}

tangram_simd_level tangram_simd_detected(void) {
    if (tangram_simd_supported(TANGRAM_SIMD_NEON)) { return TANGRAM_SIMD_NEON; }
    if (tangram_simd_supported(TANGRAM_SIMD_AVX512)) { return TANGRAM_SIMD_AVX512; }
    if (tangram_simd_supported(TANGRAM_SIMD_AVX2)) { return TANGRAM_SIMD_AVX2; }
    return TANGRAM_SIMD_BASELINE;
}

tangram_simd_status tangram_simd_resolve(const char *name, tangram_simd_level *level) {
    if (name == NULL || name[0] == '\0') {
        *level = tangram_simd_detected();
        return TANGRAM_SIMD_OK;
    }
    for (int i = 0; i < TANGRAM_SIMD_LEVEL_COUNT; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (tangram_simd_level)i;
            return tangram_simd_supported(*level) ? TANGRAM_SIMD_OK : TANGRAM_SIMD_UNSUPPORTED;
        }
    }
    return TANGRAM_SIMD_UNKNOWN_NAME;
}

// 0: not read yet; otherwise 1 + status + 4 * level. Two threads at first write the same number.
static _Atomic int in_use;

tangram_simd_status tangram_simd_in_use(tangram_simd_level *level) {
    int state = in_use;
    if (state == 0) {
        tangram_simd_level found = TANGRAM_SIMD_BASELINE;
        tangram_simd_status status = tangram_simd_resolve(getenv(TANGRAM_SIMD_VARIABLE), &found);
        state = 1 + (int)status + 4 * (int)found;
        in_use = state;
    }
    *level = (tangram_simd_level)((state - 1) / 4);
    return (tangram_simd_status)((state - 1) % 4);
}
