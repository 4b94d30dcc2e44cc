// The batch functions over TANGRAM_LANES lanes, as the table TANGRAM_LEVEL.
#include "training_levels.h"

#include "training_body.h"

#include "lanes_memory.h"

TANGRAM_INLINE training_lanes options_at(
    const tangram_training_options *options, size_t at, size_t count
) {
    training_lanes lanes = {
        .tensor = lanes_at(options->field[0], at, count),
        .pipeline = lanes_at(options->field[1], at, count),
        .virtual_stages = lanes_at(options->field[2], at, count),
        .context = lanes_at(options->field[3], at, count),
        .data = lanes_at(options->field[4], at, count),
        .expert = lanes_at(options->field[5], at, count),
        .expert_tensor = lanes_at(options->field[6], at, count),
        .zero = lanes_at(options->field[7], at, count),
        .micro_batch = lanes_at(options->field[8], at, count),
        .recompute = lanes_at(options->field[9], at, count),
        .schedule = lanes_at(options->field[10], at, count),
        .exchange = lanes_at(options->field[11], at, count),
        .last_layers = lanes_at(options->field[12], at, count),
        .shard = lanes_at(options->field[13], at, count),
    };
    return lanes;
}

static void costs(
    const tangram_training_job *job, tangram_training_options options, size_t count, float *step_s,
    double *total_bytes
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        training_lanes lanes = options_at(&options, at, count);
        training_result result = training_step(job, &lanes);
        put_times(step_s, at, count, result.step);
        put_bytes(total_bytes, at, count, result.memory.total);
    }
}

static void times(
    const tangram_training_job *job, tangram_training_options options, size_t count, float *step_s
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        training_lanes lanes = options_at(&options, at, count);
        training_result result = training_step(job, &lanes);
        put_times(step_s, at, count, result.step);
    }
}

static void memories(
    const tangram_training_job *job, tangram_training_options options, size_t count,
    double *total_bytes
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        training_lanes lanes = options_at(&options, at, count);
        training_counts counts = counts_of(job, &lanes);
        device_memory memory = training_memory(
            job, &lanes, &counts, split_of(job, &lanes, &counts));
        put_bytes(total_bytes, at, count, memory.total);
    }
}

static void efforts(
    const tangram_training_job *job, tangram_training_options options, size_t count,
    float *energy_j, float *flop
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        training_lanes lanes = options_at(&options, at, count);
        training_result result = training_step(job, &lanes);
        put_times(energy_j, at, count, result.energy);
        put_times(flop, at, count, result.flop);
    }
}

const tangram_training_level TANGRAM_LEVEL = {costs, times, memories, efforts};
