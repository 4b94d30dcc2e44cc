#include "training_levels.h"

const tangram_training_level *tangram_training_at(tangram_simd_level level) {
    switch (level) {
#if defined(__x86_64__)
    case TANGRAM_SIMD_AVX512:
        return &tangram_training_avx512;
    case TANGRAM_SIMD_AVX2:
        return &tangram_training_avx2;
#elif defined(__aarch64__)
    case TANGRAM_SIMD_NEON:
        return &tangram_training_neon;
#endif
    default:
        return &tangram_training_baseline;
    }
}

void tangram_training_costs(
    tangram_simd_level level, const tangram_training_job *job, tangram_training_options options,
    size_t count, float *step_s, double *total_bytes
) {
    tangram_training_at(level)->costs(job, options, count, step_s, total_bytes);
}

void tangram_training_efforts(
    tangram_simd_level level, const tangram_training_job *job, tangram_training_options options,
    size_t count, float *energy_j, float *flop
) {
    tangram_training_at(level)->efforts(job, options, count, energy_j, flop);
}
