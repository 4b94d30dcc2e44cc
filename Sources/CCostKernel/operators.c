#include "include/operators.h"

#include "lanes_scalar.h"

#include "lanes_common.h"

#include "operators_body.h"

double tangram_matrix_s(const tangram_matrix_curve *curve, double m, double n, double k) {
    const double bytes =
        m * k * curve->input_bytes + k * n * curve->weight_bytes + m * n * curve->output_bytes;
    return matrix_s(
        curve, side_of(curve, m, 1 / m), side_of(curve, n, 1 / n), side_of(curve, k, 1 / k),
        2 * m * n * k, bytes);
}

double tangram_attention_s(
    const tangram_attention_curve *curve, double flop, double bytes, double length, double tiles
) {
    return attention_s(curve, flop, bytes, 1 / length, 1 / tiles);
}

double tangram_expert_s(
    const tangram_expert_curve *curve, double flop, double weight_bytes, double activation_bytes,
    double touched, double rows
) {
    return expert_s(curve, flop, weight_bytes, activation_bytes, touched, rows);
}
