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

// A side of a multiplication: how many, one over it, and how many tiles of 128.
typedef struct {
    R count, inverse, tiles;
} matrix_side;

TANGRAM_INLINE matrix_side side_of(const tangram_matrix_curve *curve, R count, R inverse) {
    const double tile = 128;
    matrix_side side = {count, inverse, count};
    if (curve->wave > 0) { side.tiles = ceil_r(count * SPLAT(1 / tile)); }
    return side;
}

// A multiplication of rows (M) by columns (N) over inner (K).
TANGRAM_INLINE R matrix_s(
    const tangram_matrix_curve *curve, matrix_side rows, matrix_side columns, matrix_side inner,
    R flop, R bytes
) {
    R work = flop;
    if (curve->wave > 0 && curve->multiprocessors > 0) {
        // Whole waves of tiles of 128 × 128 over the multiprocessors. Fewer tiles than fill one
        // wave are split along K, as often as there are multiprocessors for it; then it is one.
        const double tile_flop = 2.0 * 128 * 128;
        const double split_inner = 1024;
        R processors = SPLAT(curve->multiprocessors);
        R tiles = rows.tiles * columns.tiles;
        R waves = ceil_r(tiles / processors);
        if (any_of(tiles < processors)) {
            R split = max_r(
                SPLAT(1),
                min_r(floor_r(processors / tiles), floor_r(inner.count * SPLAT(1 / split_inner))));
            waves = SELECT(tiles < processors, SPLAT(1) / split, waves);
        }
        work = flop * SPLAT(1 - curve->wave)
            + inner.count * waves * SPLAT(curve->wave * curve->multiprocessors * tile_flop);
    }
    R compute = work * SPLAT(curve->flop_cost_s);
    if (curve->k_ramp > 0) {
        compute = compute * (SPLAT(1) + SPLAT(curve->k_ramp) * inner.inverse);
    }
    R time = norm_s(compute, bytes * SPLAT(curve->byte_cost_s), curve->power);
    // A tile's loop over K is not cut, however few tiles there are.
    if (curve->depth_s > 0) { time = max_r(time, inner.count * SPLAT(curve->depth_s)); }
    return SPLAT(curve->launch_s) + time;
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
