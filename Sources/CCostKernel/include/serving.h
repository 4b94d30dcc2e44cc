// Serving: a replica of a model, a layout, a batch, what a step costs.
#ifndef TANGRAM_SERVING_H
#define TANGRAM_SERVING_H

#include "CInstructionSet.h"
#include "collective_table.h"
#include "device_table.h"
#include "model_table.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the attention core of one layer does for one sequence.
typedef struct {
    /// FLOP that heads share, and FLOP that every rank does whole.
    double core_flop, whole_flop;
    /// Cached values read.
    double values;
    /// Bytes of queries, outputs and keys and values that are not cached, which heads share.
    double head_bytes;
    /// Seconds of the loop over the context, where a kernel does not cut it; no core is shorter.
    double loop_s;
    /// Part by which few heads on a rank slow the arithmetic down, for all heads on one.
    double head_ramp;
    /// How long it takes; in decode, ramps count blocks of 64 cached tokens.
    tangram_attention_curve curve;
    /// One over the tokens seen, and over the blocks of one sequence.
    double inverse_length, inverse_tiles;
    /// 1 where too few blocks slow the reads down, and where they slow the arithmetic down.
    int32_t ramps_bytes, ramps_flop;
} tangram_serving_attention;

/// Attention of all layers of one kind.
typedef struct {
    double layer_count;
    tangram_serving_attention prefill, decode;
    /// Values cached for one sequence at its end.
    double cached_values;
    /// Values of one prompt's cache, which ranks that share its tokens gather in prefill, and of one
    /// sequence's output in a decode step, which ranks that share its cache add up.
    double exchanged_values, output_values;
    /// One over the tensor-parallel ranks that the cache can be cut over.
    double inverse_cache_limit;
} tangram_serving_kind;

/// Everything about a served model that neither layout nor batch change, in one weight format.
typedef struct {
    tangram_model_table model;
    const tangram_serving_kind *kinds;
    int32_t kind_count;
    /// Layers with routed experts.
    double expert_layer_count;
    /// Width of the tensors between matrices of an average layer that ranks cut, and launches of
    /// kernels bound by memory.
    double cut_width, stream_kernels;
    /// Width of further residual streams that every rank moves, of an average layer.
    double stream_width;
    tangram_device_table device;
    tangram_network_table network;
    /// Bytes of a stored parameter outside of routed experts, of embedding and head, and of one
    /// element of the cache.
    double dense_bytes, end_bytes, cache_bytes;
    /// Bytes of one activation element.
    double activation_bytes;
    double prompt_tokens, output_tokens;
    /// Tokens that one prefill step takes at most, of one long prompt or of several short ones.
    double chunk_tokens;
    /// The busiest rank's share of the tokens sent to experts, over the average, at least 1.
    double expert_imbalance;
    /// Further copies of busy experts in every layer with experts, and stored experts over published
    /// ones.
    double redundant_experts, expert_copies;
    /// Bytes of host memory that one accelerator's cache may fill, and seconds per byte of reading it;
    /// 0 without.
    double host_cache_bytes, host_byte_cost_s;
    /// Seconds of encoding the images of one prompt on one accelerator, and bytes of the encoder.
    double encoder_s, encoder_bytes;
    /// Host time that shows in every decode step and for every prefilled prompt, and of a request
    /// before its prefill begins.
    double step_host_s, prefill_host_s, request_host_s;
    /// Host time of each sequence in a decode step, which runs beside the device.
    double sequence_host_s;
    /// The device's time in an engine over the sum of its operators.
    double decode_stretch, prefill_stretch;
    /// Seconds per byte of one accelerator's share of the fabric, and how an exchange with experts on
    /// other nodes uses it: fixed time, and bytes over what the wire could carry, where every copy of
    /// a token goes out on its own, and where one goes to each node and is passed on inside.
    double fabric_byte_cost_s, copy_latency_s, copy_efficiency, merged_latency_s, merged_efficiency;
    /// Part of an exchange that hides behind computation where half batches take turns; 0 where they
    /// do not.
    double overlaps;
    /// 1 where the tokens of a prefill step ride on a decode step, 0 where decoding waits.
    double rides;
    /// Tokens of a sequence that a decode step checks, those of them that it keeps on average, and
    /// drafts of one layer made before it; 1, 1 and 0 without speculation.
    double verified_tokens, accepted_tokens, draft_count;
    /// Width of the widest tensors of a prefill step: what every rank holds, and what ranks cut.
    double whole_width, widest;
    /// Most sequences of one group, where memory would take more.
    double group_batch_limit;
    /// The longest times to the first and between further tokens in seconds; infinite for none.
    double first_token_limit_s, token_limit_s;
} tangram_serving_job;

/// A layout of a replica.
typedef struct {
    int32_t tensor, pipeline, data;
    /// Ranks of a stage that experts are spread over; the others share the work of each expert.
    int32_t expert;
    /// Ranks that share the tokens of a prompt and the cache of a sequence.
    int32_t context;
} tangram_serving_option;

/// Seconds of one step through all stages.
typedef struct {
    double matrix_s, experts_s, attention_s, elementwise_s, tensor_s, expert_s, pipeline_s;
    double context_s;
} tangram_serving_terms;

/// What fills a device.
typedef struct {
    /// Whole bytes.
    double total_bytes, weight_bytes, cache_bytes, activation_bytes, reserved_bytes;
    /// Cache in the host's memory, which the total leaves out.
    double offloaded_bytes;
} tangram_serving_memory;

/// A replica whatever its batch.
typedef struct {
    /// Most sequences in memory at once, over all groups and stages; 0 where weights do not fit.
    double batch_limit;
    /// Seconds of the replica per prefilled request.
    double prefill_per_request_s;
    /// Seconds of the prefill of one prompt.
    double prompt_s;
    /// Prefill steps of one group per request of the replica, and seconds of one of them.
    double prefill_steps, prefill_step_s;
    /// The fullest pipeline stage over the average one, at least 1.
    double imbalance;
    /// Seconds of encoding the images of one prompt.
    double encoder_s;
    /// Bytes of one sequence's cache on a device, and bytes that a device has for the cache.
    double sequence_bytes, room_bytes;
} tangram_serving_state;

/// A replica at a batch.
typedef struct {
    /// Requests per second.
    double rate;
    /// Seconds of one decode step, through all stages.
    double step_s;
    /// Mean seconds between output tokens.
    double token_s;
    /// Mean seconds to the first token, and of waiting before it.
    double first_token_s, wait_s;
    /// Seconds of a decode step in which cache in the host's memory is waited for.
    double offload_s;
} tangram_serving_point;

/// Seconds of prefill of `prompts` prompts on every group, in double.
void tangram_serving_prefill(
    const tangram_serving_job *job, const tangram_serving_option *option, double prompts,
    tangram_serving_terms *terms);

/// Seconds of one token for each of `sequences` sequences over all groups, in double.
void tangram_serving_decode(
    const tangram_serving_job *job, const tangram_serving_option *option, double sequences,
    tangram_serving_terms *terms);

/// Bytes of one device of the fullest stage when the replica decodes `batch` sequences.
void tangram_serving_memory_of(
    const tangram_serving_job *job, const tangram_serving_option *option, double batch,
    tangram_serving_memory *memory);

/// The replica in double.
void tangram_serving_state_of(
    const tangram_serving_job *job, const tangram_serving_option *option,
    tangram_serving_state *state);

/// The replica at `batch` sequences in double.
void tangram_serving_point_of(
    const tangram_serving_job *job, const tangram_serving_option *option,
    const tangram_serving_state *state, double batch, tangram_serving_point *point);

/// Decode steps of `batch` sequences in single precision, and bytes exactly: options as lanes.
/// Every level gives the same bits.
void tangram_serving_costs(
    tangram_simd_level level, const tangram_serving_job *job, const int32_t *tensor,
    const int32_t *pipeline, const int32_t *data, const int32_t *expert, const int32_t *context,
    const float *batch, size_t count, float *step_s, double *total_bytes);

/// The largest whole batch of each option that meets the limits, in single precision: 0 where no
/// sequence fits, −1 where the first token comes too late at a batch of 1, −2 where further tokens
/// do. Every level gives the same.
void tangram_serving_capacities(
    tangram_simd_level level, const tangram_serving_job *job, const int32_t *tensor,
    const int32_t *pipeline, const int32_t *data, const int32_t *expert, const int32_t *context,
    size_t count, float *batch, float *rate);

/// ln(1 − active/experts): that a token misses an expert; a large negative number where none can.
double tangram_log_missed(double active, double experts);

/// The expected share of `experts` experts that any of `tokens` tokens visits, each `active` of
/// them, routed uniformly: 1 − (1 − active/experts)^tokens.
double tangram_touched_share(double active, double experts, double tokens);

#ifdef __cplusplus
}
#endif

#endif
