// One accelerator: how long its operators take.
#ifndef TANGRAM_DEVICE_TABLE_H
#define TANGRAM_DEVICE_TABLE_H

#include <stdint.h>

/// A matrix multiplication (M × K) · (K × N):
///
///     launch + max(‖ 2MNK · flop_cost · (1 + k_ramp/K) · (1 + wave · (padding − 1)),
///                    bytes · byte_cost ‖, depth · K)
///
/// with the norm ‖a, b‖ of `power` (0: the larger) and `padding` the work of whole waves of tiles of
/// 128 × 128 over the work asked for.
typedef struct {
    double launch_s;
    /// Seconds per FLOP.
    double flop_cost_s;
    /// Seconds per byte.
    double byte_cost_s;
    /// Elements of K at which a multiplication is half as fast as a long one.
    double k_ramp;
    /// Seconds of one element of K in the loop of one tile.
    double depth_s;
    /// How much of the padding counts, 0 to 1.
    double wave;
    double multiprocessors;
    /// Bytes of an element of the activations, of the weights and of the result.
    double input_bytes, weight_bytes, output_bytes;
    /// 0, 1, 2 or 4.
    int32_t power;
} tangram_matrix_curve;

/// An attention core: launch + ‖ FLOP · flop_cost · (1 + length_ramp/length) · (1 + tile_ramp/tiles),
/// bytes · byte_cost ‖, with `tiles` blocks of 128 queries.
typedef struct {
    double launch_s;
    double flop_cost_s;
    double byte_cost_s;
    double length_ramp;
    double tile_ramp;
    int32_t power;
} tangram_attention_curve;

/// Routed experts of one layer: launch + expert · touched
/// + ‖ FLOP · flop_cost · (1 + row_ramp · touched/rows), bytes · byte_cost ‖
/// + near · (what rows move inside) + far · (what permutation moves).
typedef struct {
    double launch_s;
    /// Seconds for each expert that is touched.
    double expert_s;
    double flop_cost_s;
    double byte_cost_s;
    /// Rows of an expert at which it is half as fast as with many.
    double row_ramp;
    double near_byte_cost_s;
    double far_byte_cost_s;
    /// Bytes of a weight.
    double weight_bytes;
    /// 1 where the activations of the multiplications count beside the weights.
    double activation_share;
    int32_t power;
} tangram_expert_curve;

/// An accelerator computing in one format.
typedef struct {
    /// Multiplications in the compute format, and with the head.
    tangram_matrix_curve matrix, head;
    tangram_expert_curve experts;
    /// Kernels bound by memory: seconds per byte and of one launch.
    double byte_cost_s;
    double launch_s;
    /// Seconds per element of casting operands; 0 where operands have 16 bits.
    double cast_element_cost_s;
    /// What casting an operand along its other side again costs, over casting it from 16 bits.
    double recast_share;
    /// Bytes per parameter of a narrow copy beside the 16-bit weight; 0 in 16 bits and wider.
    double copy_bytes;
    /// Bytes of one element sent to experts.
    double dispatch_bytes;
    /// Bytes that allocations may fill.
    double available_bytes;
    /// Bytes of the runtime, libraries and buffers.
    double reserved_bytes;
} tangram_device_table;

#endif
