// The model, as the kernel sees it: widths and counts, no units but elements.
#ifndef TANGRAM_MODEL_TABLE_H
#define TANGRAM_MODEL_TABLE_H

#include "device_table.h"

#include <stdint.h>

/// What tensor parallelism cuts of a matrix.
typedef enum {
    /// Nothing: low-rank compressions, indexer and router are whole on every rank.
    TANGRAM_CUT_NONE = 0,
    /// The columns: what comes out.
    TANGRAM_CUT_OUTPUT = 1,
    /// The rows: what goes in.
    TANGRAM_CUT_INPUT = 2,
    /// Copies side by side, such as heads: what goes in and what comes out.
    TANGRAM_CUT_COPIES = 3,
} tangram_cut;

/// When a matrix is multiplied with.
typedef enum {
    TANGRAM_PHASE_ALWAYS = 0,
    /// MLA's up-projection of keys and values, in training too.
    TANGRAM_PHASE_PREFILL = 1,
    /// MLA's up-projections absorbed into query and output (DeepSeek-V2, arXiv 2405.04434, §2.1.2).
    TANGRAM_PHASE_DECODE = 2,
} tangram_phase;

/// One matrix that every token is multiplied with, in all layers that have it.
typedef struct {
    /// Layers with it over all layers; two in one layer count twice.
    double share;
    /// Width of what goes in, over all copies.
    double input;
    /// Width of what comes out, over all copies.
    double output;
    /// Elements, over all copies.
    double weight_count;
    /// Into how many parts it can be cut, infinite where nothing limits it, and one over it.
    double shard_limit, inverse_shard_limit;
    /// One over the width of what goes into one copy, and over the width of what comes out.
    double inverse_inner, inverse_output;
    /// A `tangram_cut`.
    int32_t cut;
    /// A `tangram_phase`.
    int32_t phase;
    /// 1 where selective recomputation multiplies again (MLA's up-projections).
    int32_t is_rebuilt;
} tangram_matrix;

/// All attention cores of one shape.
typedef struct {
    /// Layers with it over all layers.
    double share;
    /// FLOP of the core and the indexer for one whole causal sequence.
    double core_flop;
    /// Bytes per token that the core reads and writes: queries, keys, values, output.
    double core_bytes;
    /// How long the core takes.
    tangram_attention_curve core;
    /// One over the tokens of a sequence, and over its blocks of 128 queries times heads.
    double inverse_length, inverse_tiles;
    /// Width of keys and values that context parallelism exchanges.
    double exchanged_width;
    /// One over the parts that the exchanged width can be cut into by tensor parallelism.
    double inverse_exchange_limit;
    /// Width of queries, keys, values and output that an all-to-all over heads moves.
    double head_width;
} tangram_attention_kind;

/// All blocks of routed experts of one shape.
typedef struct {
    /// Layers with it over all layers.
    double share;
    double expert_count;
    /// Experts that each token visits.
    double active_expert_count;
    /// ln(1 − active/experts), at most 0: a token misses an expert.
    double log_missed;
    /// Weights of one expert.
    double expert_weight_count;
    /// Width of what goes to an expert and comes from it.
    double width;
    /// Width of one expert, times its number of matrices.
    double expert_total_width;
    /// Width of one expert.
    double expert_width;
    /// Most groups of experts that a token visits; 0 where unlimited.
    double group_limit;
    /// One over the groups that experts are divided into.
    double inverse_group_count;
    /// Bytes per row of an expert that activations and permutation move.
    double row_bytes;
} tangram_expert_kind;

/// Parameters of one average layer that can be cut into at most so many parts.
typedef struct {
    double count;
    double inverse_shard_limit;
} tangram_limited_parameters;

/// A model.
typedef struct {
    const tangram_matrix *matrices;
    const tangram_attention_kind *attention;
    const tangram_expert_kind *experts;
    int32_t matrix_count, attention_count, expert_kind_count;
    int32_t layer_count;
    /// Bytes per token that kernels bound by memory move in the forward pass of an average layer,
    /// the part of them that selective recomputation moves again, and launches of the kernels.
    double stream_bytes, repeated_stream_bytes, stream_kernels;
    /// Gathers before and scatters after tensor-parallel blocks of an average layer.
    double tensor_blocks;
    /// Width of the residual stream.
    double hidden;
    /// Width of the head.
    double vocabulary;
    /// Multi-token prediction layers that are run.
    double prediction_count;
    /// Parameters of one average layer outside of routed experts that tensor parallelism cuts.
    double cut_parameters;
    /// Those of matrices that nothing cuts.
    double whole_parameters;
    /// Parameters of routed experts of one average layer, and of one that has experts.
    double expert_parameters, expert_layer_parameters;
    /// Layers without experts in front of those with experts, on the first stage.
    double leading_layers;
    /// Parameters of the input embedding.
    double embedding_parameters;
    /// Parameters of the head, also where it is the embedding.
    double head_parameters;
    /// 1 where the head is the embedding.
    int32_t is_tied;
    /// Parameters that can be cut into so many parts only.
    const tangram_limited_parameters *limited;
    int32_t limited_count;
    /// Elements that one average layer keeps per token under none, selective, full recomputation.
    double kept_elements[3];
    /// Elements of keys and values that gathering brings together per token, and one over the
    /// parts that tensor parallelism can cut them into.
    double gathered_elements, inverse_gather_limit;
} tangram_model_table;

#endif
