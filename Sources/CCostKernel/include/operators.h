// Single operators in double, to look at and to test.
#ifndef TANGRAM_OPERATORS_H
#define TANGRAM_OPERATORS_H

#include "device_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Seconds of (M × K) · (K × N) with `curve`'s bytes of input, weights and result.
double tangram_matrix_s(const tangram_matrix_curve *curve, double m, double n, double k);

/// Seconds of an attention core: `length` tokens seen, `tiles` blocks of queries of all heads.
double tangram_attention_s(
    const tangram_attention_curve *curve, double flop, double bytes, double length, double tiles);

/// Seconds of routed experts: `rows` rows over `touched` experts.
double tangram_expert_s(
    const tangram_expert_curve *curve, double flop, double weight_bytes, double activation_bytes,
    double touched, double rows);

#ifdef __cplusplus
}
#endif

#endif
