// The batch functions of one level. Not public.
#ifndef TANGRAM_TRAINING_LEVELS_H
#define TANGRAM_TRAINING_LEVELS_H

#include "include/training.h"

/// Costs options; what is not wanted has its own function, so that its arithmetic is not done.
typedef struct {
    void (*costs)(
        const tangram_training_job *job, tangram_training_options options, size_t count,
        float *step_s, double *total_bytes);
    void (*times)(
        const tangram_training_job *job, tangram_training_options options, size_t count,
        float *step_s);
    void (*memories)(
        const tangram_training_job *job, tangram_training_options options, size_t count,
        double *total_bytes);
    void (*efforts)(
        const tangram_training_job *job, tangram_training_options options, size_t count,
        float *energy_j, float *flop);
} tangram_training_level;

extern const tangram_training_level tangram_training_baseline;
#if defined(__x86_64__)
extern const tangram_training_level tangram_training_avx2;
extern const tangram_training_level tangram_training_avx512;
#elif defined(__aarch64__)
extern const tangram_training_level tangram_training_neon;
#endif

/// The functions of `level`.
const tangram_training_level *tangram_training_at(tangram_simd_level level);

#endif
