// One exchange with experts in double, to look at and to test.
#ifndef TANGRAM_EXCHANGE_H
#define TANGRAM_EXCHANGE_H

#include "collective_table.h"
#include "model_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What one exchange with experts is made of.
typedef struct {
    /// The index of the fastest library, -1 where there is none.
    int32_t library;
    /// Nodes that it spans.
    int32_t node_count;
    /// Ranks of one node, or nodes where there are several.
    int32_t place_count;
    double dispatch_s, combine_s;
} tangram_exchange_parts;

/// The exchange of `tokens` tokens of every rank with the experts of `kind` over `size` ranks, every
/// `stride`-th accelerator, in double. Libraries that send a copy to each expert count where
/// `merged_only` is 0.
tangram_exchange_parts tangram_exchange_of(
    const tangram_network_table *network, const tangram_expert_kind *kind, double size,
    double stride, double tokens, double dispatch_row_bytes, double combine_row_bytes,
    int32_t merged_only);

#ifdef __cplusplus
}
#endif

#endif
