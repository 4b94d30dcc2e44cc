// Times of kernels on one accelerator: launch + max(FLOP ÷ rate, bytes ÷ bandwidth) (Williams,
// Waterman, Patterson 2009, doi:10.1145/1498765.1498785).

TANGRAM_INLINE R matrix_s(const tangram_device_table *device, R flop, R bytes) {
    return SPLAT(device->launch_s)
        + max_r(flop * SPLAT(device->matrix_cost_s), bytes * SPLAT(device->byte_cost_s));
}

TANGRAM_INLINE R head_s(const tangram_device_table *device, R flop, R bytes) {
    return SPLAT(device->launch_s)
        + max_r(flop * SPLAT(device->head_cost_s), bytes * SPLAT(device->byte_cost_s));
}

TANGRAM_INLINE R attention_s(const tangram_device_table *device, R flop, R bytes) {
    return SPLAT(device->launch_s)
        + max_r(flop * SPLAT(device->attention_cost_s), bytes * SPLAT(device->byte_cost_s));
}

// `kernels` kernels that only move bytes.
TANGRAM_INLINE R stream_s(const tangram_device_table *device, R bytes, double kernels) {
    return bytes * SPLAT(device->byte_cost_s) + SPLAT(kernels * device->launch_s);
}
