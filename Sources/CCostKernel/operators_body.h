// Times of operators on one accelerator. The forms are in include/device_table.h.

// ‖a, b‖ of `power`; 0 is the larger. Computed in microseconds, so that fourth powers of short and
// of long times are numbers of single precision.
TANGRAM_INLINE R norm_s(R a, R b, int32_t power) {
    const double micro = 1e6;
    switch (power) {
    case 0:
        return max_r(a, b);
    case 1:
        return a + b;
    default:
        break;
    }
    R x = a * SPLAT(micro);
    R y = b * SPLAT(micro);
    x = x * x;
    y = y * y;
    if (power == 2) { return sqrt_r(x + y) * SPLAT(1 / micro); }
    return sqrt_r(sqrt_r(x * x + y * y)) * SPLAT(1 / micro);
}

// A multiplication of `rows` (M) by `columns` (N) over `inner` (K), with one over K.
TANGRAM_INLINE R matrix_s(
    const tangram_matrix_curve *curve, R rows, R columns, R inner, R inverse_inner, R flop, R bytes
) {
    R compute = flop * SPLAT(curve->flop_cost_s);
    if (curve->k_ramp > 0) {
        compute = compute * (SPLAT(1) + SPLAT(curve->k_ramp) * inverse_inner);
    }
    if (curve->wave > 0 && curve->multiprocessors > 0) {
        // Tiles of 128 × 128 in whole waves over the multiprocessors; a few tiles over a long K are
        // split along it.
        const double side = 128;
        const double split_inner = 1024;
        R tiles = ceil_r(rows * SPLAT(1 / side)) * ceil_r(columns * SPLAT(1 / side));
        R split = max_r(
            SPLAT(1),
            min_r(
                floor_r(SPLAT(curve->multiprocessors) / tiles),
                floor_r(inner * SPLAT(1 / split_inner))));
        R waves = ceil_r(tiles * split / SPLAT(curve->multiprocessors));
        R padding = waves * SPLAT(curve->multiprocessors * side * side) / (split * rows * columns);
        compute = compute * (SPLAT(1 - curve->wave) + SPLAT(curve->wave) * padding);
    }
    R move = bytes * SPLAT(curve->byte_cost_s);
    if (curve->cache_gain > 0 && curve->cache_bytes > 0) {
        // Data that fills less than half of the cache stays there; what overflows it does not.
        R resident = (SPLAT(curve->cache_bytes) - bytes) * SPLAT(2 / curve->cache_bytes);
        resident = max_r(SPLAT(0), min_r(SPLAT(1), resident));
        move = move / (SPLAT(1) + SPLAT(curve->cache_gain) * resident);
    }
    return SPLAT(curve->launch_s) + norm_s(compute, move, curve->power);
}

// `inverse_tiles`: one over the blocks of 128 queries of all heads.
TANGRAM_INLINE R attention_s(
    const tangram_attention_curve *curve, R flop, R bytes, double inverse_length, R inverse_tiles
) {
    R compute = flop * SPLAT(curve->flop_cost_s * (1 + curve->length_ramp * inverse_length));
    if (curve->tile_ramp > 0) {
        compute = compute * (SPLAT(1) + SPLAT(curve->tile_ramp) * inverse_tiles);
    }
    return SPLAT(curve->launch_s)
        + norm_s(compute, bytes * SPLAT(curve->byte_cost_s), curve->power);
}

// `touched` experts with `rows` rows between them; weights of them and activations in bytes.
TANGRAM_INLINE R expert_s(
    const tangram_expert_curve *curve, R flop, R weight_bytes, R activation_bytes, R touched, R rows
) {
    R compute = flop * SPLAT(curve->flop_cost_s);
    if (curve->row_ramp > 0) {
        compute = compute * (SPLAT(1) + SPLAT(curve->row_ramp) * touched / rows);
    }
    R move = (weight_bytes + activation_bytes * SPLAT(curve->activation_share))
        * SPLAT(curve->byte_cost_s);
    return SPLAT(curve->launch_s) + SPLAT(curve->expert_s) * touched
        + norm_s(compute, move, curve->power);
}

// `kernels` kernels that only move bytes.
TANGRAM_INLINE R stream_s(const tangram_device_table *device, R bytes, double kernels) {
    return bytes * SPLAT(device->byte_cost_s) + SPLAT(kernels * device->launch_s);
}
