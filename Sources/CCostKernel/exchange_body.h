// The exchange with experts as libraries for it were measured, both directions: DeepEP and its
// relatives. The form is in include/collective_table.h.

// A group of ranks that exchanges, and the tokens of one rank.
typedef struct {
    rank_group group;
    R tokens;
    // Other ranks of the node, and other nodes, that a token goes to where copies are merged, and
    // where they are not.
    R merged_ranks, merged_nodes, copied_ranks, copied_nodes;
    double expert_count;
} expert_exchange;

// Draws hit n · (1 − (1 − 1/n)^k) of n places; the sender is one of them. Routing may limit nodes; a
// group of experts that is spread over several nodes is reached on each of them.
TANGRAM_INLINE expert_exchange exchange_of(
    const tangram_expert_kind *kind, rank_group group, R tokens
) {
    expert_exchange e;
    e.group = group;
    e.tokens = tokens;
    e.expert_count = kind->expert_count;
    R one = SPLAT(1);
    R other_ranks = one - group.inverse_inside;
    R other_nodes = one - one / group.outside;
    R missed_ranks = one, missed_nodes = one;
    for (double i = 0; i < kind->active_expert_count; i++) {
        missed_ranks = missed_ranks * other_ranks;
        missed_nodes = missed_nodes * other_nodes;
    }
    R reached = group.outside * (one - missed_nodes);
    if (kind->group_limit > 0) {
        R limit = SPLAT(kind->group_limit)
            * max_r(one, floor_r(group.outside * SPLAT(kind->inverse_group_count)));
        reached = min_r(reached, limit);
    }
    e.merged_ranks = (group.inside - one) * (one - missed_ranks);
    e.merged_nodes = reached * other_nodes;
    e.copied_ranks = SPLAT(kind->active_expert_count) * other_ranks;
    e.copied_nodes = SPLAT(kind->active_expert_count) * other_nodes;
    return e;
}

// One direction of `row_bytes` a token.
TANGRAM_INLINE R exchange_curve_s(
    const tangram_exchange_curve *curve, const expert_exchange *e, R places, R copies,
    double row_bytes
) {
    link_cost cost = fitted_cost(&curve->links, places, ceil_log2(places));
    R size = (e->tokens + SPLAT(curve->row_count)) * SPLAT(row_bytes + curve->header_bytes)
        * (copies + SPLAT(curve->own_copies));
    return seconds(cost, size) + SPLAT(curve->expert_s * e->expert_count);
}

// There and back with one library.
TANGRAM_INLINE R library_s(
    const tangram_exchange_library *library, const expert_exchange *e, double dispatch_row_bytes,
    double combine_row_bytes
) {
    R ranks = library->merges_copies ? e->merged_ranks : e->copied_ranks;
    R time = exchange_curve_s(&library->near[0], e, e->group.inside, ranks, dispatch_row_bytes)
        + exchange_curve_s(&library->near[1], e, e->group.inside, ranks, combine_row_bytes);
    if (any_of(e->group.outside > SPLAT(1))) {
        R nodes = library->merges_copies ? e->merged_nodes : e->copied_nodes;
        R far =
            exchange_curve_s(&library->far[0], e, e->group.outside, nodes, dispatch_row_bytes)
            + exchange_curve_s(&library->far[1], e, e->group.outside, nodes, combine_row_bytes);
        time = SELECT(e->group.outside > SPLAT(1), far, time);
    }
    return time;
}

// There and back with the fastest library. At least one must count.
TANGRAM_INLINE R fastest_exchange_s(
    const tangram_network_table *network, const expert_exchange *e, double dispatch_row_bytes,
    double combine_row_bytes, int32_t merged_only
) {
    // Beyond any exchange, and still a number of single precision.
    const double never_s = 1e15;
    R best = SPLAT(never_s);
    for (int32_t i = 0; i < network->exchange_count; i++) {
        const tangram_exchange_library *library = &network->exchanges[i];
        if (merged_only && !library->merges_copies) { continue; }
        best = min_r(best, library_s(library, e, dispatch_row_bytes, combine_row_bytes));
    }
    return best;
}
