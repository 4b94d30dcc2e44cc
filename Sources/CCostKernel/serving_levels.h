// The batch functions of one level. Not public.
#ifndef TANGRAM_SERVING_LEVELS_H
#define TANGRAM_SERVING_LEVELS_H

#include "include/serving.h"

/// Options as arrays.
typedef struct {
    const int32_t *tensor, *pipeline, *data, *expert, *context;
} tangram_serving_options;

typedef struct {
    void (*costs)(
        const tangram_serving_job *job, tangram_serving_options options, const float *batch,
        size_t count, float *step_s, double *total_bytes);
    void (*capacities)(
        const tangram_serving_job *job, tangram_serving_options options, size_t count,
        float *batch, float *rate);
} tangram_serving_level;

extern const tangram_serving_level tangram_serving_baseline;
#if defined(__x86_64__)
extern const tangram_serving_level tangram_serving_avx2;
extern const tangram_serving_level tangram_serving_avx512;
#elif defined(__aarch64__)
extern const tangram_serving_level tangram_serving_neon;
#endif

#endif
