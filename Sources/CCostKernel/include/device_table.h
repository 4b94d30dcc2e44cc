// One accelerator: seconds per FLOP, per byte and per launch.
#ifndef TANGRAM_DEVICE_TABLE_H
#define TANGRAM_DEVICE_TABLE_H

#include <stdint.h>

/// An accelerator computing in one format.
typedef struct {
    /// Seconds per FLOP of multiplications in the compute format.
    double matrix_cost_s;
    /// Seconds per FLOP of multiplications with the head.
    double head_cost_s;
    /// Seconds per FLOP of attention cores.
    double attention_cost_s;
    /// Seconds per byte of device memory.
    double byte_cost_s;
    /// Seconds of one launch.
    double launch_s;
    /// Bytes of one element of an operand.
    double operand_bytes;
    /// Bytes per parameter of a narrow copy beside the 16-bit weight; 0 in 16 bits and wider.
    double copy_bytes;
    /// Bytes of one element sent to experts.
    double dispatch_bytes;
    /// Bytes that allocations may fill.
    double available_bytes;
    /// Bytes of the runtime, libraries and buffers.
    double reserved_bytes;
    /// 1 where operands are narrower than 16 bits and must be cast.
    int32_t is_narrow;
} tangram_device_table;

#endif
