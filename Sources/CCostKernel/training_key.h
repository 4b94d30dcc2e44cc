// What layouts with the same layers share. Not public.
#ifndef TANGRAM_TRAINING_KEY_H
#define TANGRAM_TRAINING_KEY_H

#include "include/training.h"

/// Kinds of recomputation.
#define TANGRAM_RECOMPUTE_COUNT 3

/// Seconds of one micro-batch, forward and backward.
typedef struct {
    /// Of an average layer, by recomputation and by whether the other direction hides its
    /// all-to-all.
    double layer_s[TANGRAM_RECOMPUTE_COUNT][2];
    /// Of the head.
    double head_s;
} tangram_training_key;

/// The times of `option`'s layers, in double; its pipeline and data parallelism do not matter.
tangram_training_key tangram_training_key_of(
    const tangram_training_job *job, const tangram_training_option *option);

/// Layers of the last stage so that the slowest stage is fastest; -1 without a pipeline.
int32_t tangram_training_last_layers(
    const tangram_training_job *job, const tangram_training_key *key,
    const tangram_training_option *option);

#endif
