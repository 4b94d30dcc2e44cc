// The best layouts of a training job, enumerated lazily and reduced as they are costed.
#ifndef TANGRAM_TRAINING_SEARCH_H
#define TANGRAM_TRAINING_SEARCH_H

#include "training.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What a search chooses, in the order in which it chooses: outermost first. Layers cost the same
/// for all that follow the micro-batch.
typedef enum {
    TANGRAM_CHOOSE_TENSOR = 0,
    TANGRAM_CHOOSE_CONTEXT,
    TANGRAM_CHOOSE_EXCHANGE,
    TANGRAM_CHOOSE_EXPERT,
    TANGRAM_CHOOSE_EXPERT_TENSOR,
    TANGRAM_CHOOSE_MICRO_BATCH,
    /// How many accelerators.
    TANGRAM_CHOOSE_ACCELERATORS,
    /// With it, data parallelism is what remains of the accelerators.
    TANGRAM_CHOOSE_PIPELINE,
    TANGRAM_CHOOSE_ZERO,
    /// Ranks that states are sharded over, 0 for all.
    TANGRAM_CHOOSE_SHARD,
    TANGRAM_CHOOSE_SCHEDULE,
    TANGRAM_CHOOSE_VIRTUAL_STAGES,
    TANGRAM_CHOOSE_RECOMPUTE,
} tangram_choice;

/// How many choices there are.
#define TANGRAM_CHOICE_COUNT 13

/// What may be chosen; layouts that do not divide are never made.
typedef struct {
    /// By `tangram_choice`: values in the order in which they are tried.
    const int32_t *values[TANGRAM_CHOICE_COUNT];
    int32_t counts[TANGRAM_CHOICE_COUNT];
    /// Sequences of one optimizer step.
    int32_t batch;
    int32_t layer_count;
    /// Query heads that every layer can be cut by.
    int32_t head_count;
    /// Accelerators of a node, and those that reach each other without the fabric: no group of
    /// tensor parallelism crosses a border between nodes.
    int32_t node_size, local_size;
    /// 1 to skip more recomputation where less fits: the fastest is wanted, not the front.
    int32_t wants_fastest_only;
} tangram_training_space;

/// A layout that was found.
typedef struct {
    tangram_training_option option;
    /// Its place in the enumeration; ties go to the earlier one.
    int64_t index;
    double total_bytes;
    float step_s;
} tangram_training_candidate;

/// What a search found for one number of accelerators.
typedef struct {
    /// The fastest that fit, fastest first; the caller's array of `best_limit`.
    tangram_training_candidate *best;
    int32_t best_limit, best_count;
    /// The fastest that fits into k ÷ `bucket_limit` of the memory but not into less, by k − 1; the
    /// caller's array of `bucket_limit`, or none. `index` is −1 where there is none.
    tangram_training_candidate *buckets;
    int32_t bucket_limit;
    /// The one that needs least memory of those that do not fit; `index` is −1 where there is none.
    tangram_training_candidate closest;
    /// Layouts that were made, that fit, and that were timed.
    int64_t visited_count, fitting_count, timed_count;
} tangram_training_found;

/// Searches every `part_count`-th cut of layers in the space from the `part`-th on, into one `found`
/// for each number of accelerators. Memory does not grow with the number of layouts; parts can be
/// joined in any way that keeps the order of `index`.
///
/// Preconditions: `level` is supported; values are at least 1, but for ZeRO stages, schedules,
/// exchanges and recomputation, which are their numbers.
void tangram_training_search(
    tangram_simd_level level, const tangram_training_job *job, const tangram_training_space *space,
    int32_t part, int32_t part_count, tangram_training_found *found);

/// Makes layouts with balanced stages without costing them, from the start: at most `limit`, how
/// many there were.
size_t tangram_training_enumerate(
    const tangram_training_job *job, const tangram_training_space *space,
    tangram_training_option *options, size_t limit);

#ifdef __cplusplus
}
#endif

#endif
