// Training: a job, an option, what it costs.
#ifndef TANGRAM_TRAINING_H
#define TANGRAM_TRAINING_H

#include "CInstructionSet.h"
#include "collective_table.h"
#include "device_table.h"
#include "model_table.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is computed again in the backward pass.
typedef enum {
    TANGRAM_RECOMPUTE_NONE = 0,
    TANGRAM_RECOMPUTE_SELECTIVE = 1,
    TANGRAM_RECOMPUTE_FULL = 2,
} tangram_recompute;

/// The order in which a pipeline runs micro-batches.
typedef enum {
    TANGRAM_SCHEDULE_1F1B = 0,
    TANGRAM_SCHEDULE_GPIPE = 1,
    TANGRAM_SCHEDULE_ZB_H1 = 2,
    TANGRAM_SCHEDULE_ZB_V = 3,
    TANGRAM_SCHEDULE_DUALPIPE = 4,
} tangram_schedule;

/// How context parallelism exchanges keys and values.
typedef enum {
    TANGRAM_CONTEXT_RING = 0,
    TANGRAM_CONTEXT_ALL_GATHER = 1,
    TANGRAM_CONTEXT_ULYSSES = 2,
} tangram_context_exchange;

/// Everything about a training job that no layout changes.
typedef struct {
    tangram_model_table model;
    tangram_device_table device;
    tangram_network_table network;
    /// Tokens of one sequence.
    double sequence_length;
    /// Sequences of one optimizer step.
    double batch;
    /// 1 where only adapters are trained.
    int32_t is_frozen;
    /// Parameters of adapters, over all layers.
    double adapter_parameters;
    /// Bytes per parameter of weight, gradient and optimizer states.
    double weight_bytes, gradient_bytes, optimizer_bytes;
    /// Bytes per trained parameter that one optimizer update moves.
    double update_bytes;
    /// Bytes of one activation element.
    double activation_bytes;
    /// Backward FLOP of the attention core over forward FLOP, and backward bytes over forward bytes.
    double attention_backward, attention_backward_bytes;
    /// Time of a backward FLOP of the attention core over that of a forward one.
    double attention_backward_slowdown;
    /// 1 where selective recomputation repeats the attention core, because its scores are kept or
    /// because it is asked to.
    int32_t repeats_attention;
    /// 1 where selective recomputation repeats routed experts with their all-to-all.
    int32_t repeats_experts;
    /// Visits of the busiest rank's experts over those of the average one, and visits that are
    /// computed, padding too, over those that the router wants; 1 where routing is even.
    double expert_load, expert_computed;
    /// Share of the matrix multiplications of a layer that selective recomputation repeats, with the
    /// gathers of tensor parallelism in front of them; 0 where it repeats none but those marked.
    double repeated_matrix_share;
    /// Seconds the host needs to launch the forward pass of one layer.
    double host_layer_s;
    /// Share of a pass that data-parallel collectives can hide behind, 0 to 1.
    double gradient_overlap;
    /// Watts that one accelerator draws while it multiplies, while memory or links bound it, and
    /// while it waits; 0 where they are not known.
    double computing_w, moving_w, waiting_w;
    /// Time of the collectives of ZeRO-3 over that of well-run ones; at least 1.
    double gather_slowdown;
    /// Share of the matrix multiplications that tensor-parallel collectives can hide behind, and of
    /// a pass that all-to-alls can, 0 to 1.
    double tensor_overlap, exchange_overlap;
    /// Times that memory moves what a tensor-parallel collective gathers or scatters, beside the
    /// collective; 0 where shards are in order.
    double gather_copy_share;
    /// 1 where copies of a token for one node cross the fabric once.
    int32_t merges_copies;
    /// Bytes of an element on its way back from experts, and per parameter of a gradient and of a weight
    /// on its way between replicas.
    double combine_bytes, sent_gradient_bytes, sent_weight_bytes;
    /// Bytes of logits, their copies and gradients at the peak, per logit.
    double logit_bytes;
    /// Elements per token and layer that are kept whole on every tensor-parallel rank.
    double unsharded_elements;
    /// Time of matrix kernels that share the device with an all-to-all, over their own time.
    double overlap_slowdown;
    /// Part of the device that a collective between replicas takes from the computation it hides
    /// behind.
    double collective_share;
} tangram_training_job;

/// A layout.
typedef struct {
    int32_t tensor, pipeline, virtual_stages, context, data, expert, expert_tensor;
    /// 0 to 3.
    int32_t zero;
    int32_t micro_batch;
    /// A `tangram_recompute`.
    int32_t recompute;
    /// A `tangram_schedule`.
    int32_t schedule;
    /// A `tangram_context_exchange`.
    int32_t exchange;
    /// Layers of the last stage; -1 for as many as in the others.
    int32_t last_layers;
    /// Ranks of data and context parallelism that ZeRO shards over; the shards are copied to the
    /// others. 0 for all of them.
    int32_t shard;
} tangram_training_option;

/// Numbers of an option, as arrays.
#define TANGRAM_TRAINING_FIELDS 14

/// Options as arrays, one for each number of ``tangram_training_option`` in its order.
typedef struct {
    const int32_t *field[TANGRAM_TRAINING_FIELDS];
} tangram_training_options;

/// Where one step's time goes and what fills the fullest device. Times sum to `step_s`, bytes to
/// `total_bytes`.
typedef struct {
    double step_s;
    double matrix_s, experts_s, attention_s, elementwise_s, recompute_s;
    double tensor_s, context_s, expert_s, pipeline_s, bubble_s, data_s, optimizer_s;
    /// Waiting for the host to launch kernels.
    double host_s;
    /// Whole bytes.
    double total_bytes;
    double weight_bytes, gradient_bytes, optimizer_bytes, activation_bytes, reserved_bytes;
    /// What an average rank does in turn under DualPipe: forward passes alone, backward
    /// passes alone, postponed weight gradients, and forward beside backward passes; else 0.
    double dual_forward_s, dual_backward_s, dual_weight_s, dual_both_s;
    /// FLOP of one device in one step, recomputation included.
    double flop;
    /// Joules that all accelerators take in one step.
    double energy_j;
    /// Layers of the stages before the last, and of the last.
    double other_layers, last_layers;
} tangram_training_cost;

/// Costs one option in double, with its breakdown.
///
/// Preconditions: sizes are at least 1, and the tables hold finite numbers.
void tangram_training_cost_of(
    const tangram_training_job *job, const tangram_training_option *option,
    tangram_training_cost *cost);

/// Sets `last_layers`, where it is -1, so that the slowest stage is fastest.
void tangram_training_balance(const tangram_training_job *job, tangram_training_option *option);

/// Micro-batches whose activations a device of `stage`, from 0, keeps at once.
double tangram_training_in_flight(
    const tangram_training_job *job, const tangram_training_option *option, int32_t stage);

/// What a stage costs for one micro-batch, and what fills its devices.
typedef struct {
    /// Seconds of one layer forward and backward, of the head, and of one optimizer step.
    double layer_s, head_s, optimizer_s;
    /// Trained parameters of one device.
    double trained_parameters;
    /// Whole bytes.
    double weight_bytes, gradient_bytes, optimizer_bytes, activation_bytes, total_bytes;
} tangram_training_stage;

/// One stage of a pipeline whose stages are on unlike accelerators: `layers` layers, with or without
/// the embedding and the head, that keeps `in_flight` micro-batches. Sizes of `option` are those
/// inside the stage; `pipeline` is 1.
void tangram_training_stage_of(
    const tangram_training_job *job, const tangram_training_option *option, double layers,
    int32_t has_embedding, int32_t has_head, double in_flight, tangram_training_stage *stage);

/// Costs `count` options, every operator of each: `step_s` in single precision, `total_bytes`
/// exactly what ``tangram_training_cost_of`` gives. Every level gives the same bits.
///
/// Preconditions: `level` is supported; arrays hold `count` numbers. Does not read behind `count`.
void tangram_training_costs(
    tangram_simd_level level, const tangram_training_job *job, tangram_training_options options,
    size_t count, float *step_s, double *total_bytes);

/// The joules of a step of `count` options and their FLOP per device, as ``tangram_training_costs``
/// gives their times.
void tangram_training_efforts(
    tangram_simd_level level, const tangram_training_job *job, tangram_training_options options,
    size_t count, float *energy_j, float *flop);

#ifdef __cplusplus
}
#endif

#endif
