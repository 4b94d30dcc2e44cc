// What an option costs the processor: the kernel's arithmetic, counted, and what a core can do.
#ifndef TANGRAM_KERNEL_COUNTS_H
#define TANGRAM_KERNEL_COUNTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Operations of one lane that differ from option to option and are used: what is the same for all
/// options of a job is computed once, and what is computed twice counts once.
typedef struct {
    /// In single and in double precision.
    int64_t single_count, double_count;
    /// Of both, how many are divisions and square roots.
    int64_t division_count, root_count;
    /// What came out, as ``tangram_training_cost_of`` gives it.
    double step_s, total_bytes;
} tangram_operation_counts;

/// Counts the operations that give step time and bytes of an option, by running the kernel's source
/// on numbers that remember what they came from.
///
/// - `job`: a `tangram_training_job`
/// - `option`: a `tangram_training_option`
tangram_operation_counts tangram_count_training(const void *job, const void *option);

/// Multiplies and adds in single precision, independent of each other and in registers, `rounds`
/// times in lanes of `lane_count`: 16 (AVX-512), 8 (AVX2), else 4; gives how many operations there
/// were, over all lanes.
///
/// Preconditions: the processor has such lanes.
int64_t tangram_peak_operations(int32_t lane_count, int64_t rounds, float *sum);

/// Divides in single precision, as ``tangram_peak_operations`` multiplies.
int64_t tangram_peak_divisions(int32_t lane_count, int64_t rounds, float *sum);

#ifdef __cplusplus
}
#endif

#endif
