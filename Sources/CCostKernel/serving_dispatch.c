#include "serving_levels.h"

static const tangram_serving_level *level_of(tangram_simd_level level) {
    switch (level) {
#if defined(__x86_64__)
    case TANGRAM_SIMD_AVX512:
        return &tangram_serving_avx512;
    case TANGRAM_SIMD_AVX2:
        return &tangram_serving_avx2;
#elif defined(__aarch64__)
    case TANGRAM_SIMD_NEON:
        return &tangram_serving_neon;
#endif
    default:
        return &tangram_serving_baseline;
    }
}

void tangram_serving_costs(
    tangram_simd_level level, const tangram_serving_job *job, const int32_t *tensor,
    const int32_t *pipeline, const int32_t *data, const int32_t *expert, const int32_t *context,
    const float *batch, size_t count, float *step_s, double *total_bytes
) {
    const tangram_serving_options options = {tensor, pipeline, data, expert, context};
    level_of(level)->costs(job, options, batch, count, step_s, total_bytes);
}

void tangram_serving_capacities(
    tangram_simd_level level, const tangram_serving_job *job, const int32_t *tensor,
    const int32_t *pipeline, const int32_t *data, const int32_t *expert, const int32_t *context,
    size_t count, float *batch, float *rate
) {
    const tangram_serving_options options = {tensor, pipeline, data, expert, context};
    level_of(level)->capacities(job, options, count, batch, rate);
}
