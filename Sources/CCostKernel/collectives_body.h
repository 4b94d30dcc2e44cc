// Collectives: alpha + beta × bytes on each link, and where it was measured a ramp between them (Thakur, Rabenseifner, Gropp 2005,
// doi:10.1177/1094342005051521), over several nodes inside first and across second.

// Seconds of an empty message, seconds per byte of the whole buffer, and seconds that are fully paid
// beyond `knee` bytes.
typedef struct {
    R alpha;
    R beta;
    R ramp, knee;
    int32_t has_ramp;
} link_cost;

TANGRAM_INLINE R seconds(link_cost cost, R bytes) {
    R time = cost.alpha + cost.beta * bytes;
    if (cost.has_ramp) { time = time + cost.ramp * bytes / (bytes + cost.knee); }
    return time;
}

// The costs one after the other; the knee is that of the first that has a ramp.
TANGRAM_INLINE link_cost joined_costs(link_cost a, link_cost b, R share_of_b) {
    link_cost cost = a;
    cost.alpha = a.alpha + b.alpha;
    cost.beta = a.beta + b.beta * share_of_b;
    if (b.has_ramp) {
        cost.ramp = a.ramp + b.ramp;
        if (!a.has_ramp) { cost.knee = b.knee / share_of_b; }
        cost.has_ramp = 1;
    }
    return cost;
}

// Ranks that take part, and how they lie: `size` of them, `stride` accelerators apart.
typedef struct {
    R size;
    // Ranks that share a node or larger scale-up domain, and one over it.
    R inside, inverse_inside;
    // Nodes or domains.
    R outside;
    // Accelerators that a node's ranks span.
    R span;
    // Nodes from the first to the last.
    R reach;
} rank_group;

TANGRAM_INLINE rank_group group_of(const tangram_network_table *network, R size, R stride) {
    R fit = max_r(floor_r(SPLAT(network->local_size) / stride), SPLAT(1));
    R inside = min_r(size, fit);
    rank_group group = {
        .size = size,
        .inside = inside,
        .inverse_inside = SPLAT(1) / inside,
        .outside = ceil_r(size / inside),
        .span = inside * stride,
        .reach = SPLAT(1),
    };
    if (network->leaf_nodes > 0) {
        group.reach = group.outside * max_r(SPLAT(1), stride / SPLAT(network->local_size));
    }
    return group;
}

// What leaf switches do to the bytes of a group: those that stay below one leaf do not pass its
// uplinks. Rails keep ranks of one place in their nodes below one leaf; `changing` of the bytes go
// from rail to rail above.
TANGRAM_INLINE link_cost leaf_cost(
    const tangram_network_table *network, link_cost cost, rank_group group, double changing
) {
    if (!(network->leaf_nodes > 0)) { return cost; }
    double below = network->leaf_gain * (1 - changing) + changing;
    cost.beta = cost.beta
        * SELECT(group.reach <= SPLAT(network->leaf_nodes), SPLAT(below), SPLAT(1));
    return cost;
}

// The fit of the smallest measured number of ranks that is no smaller, else of the largest.
TANGRAM_INLINE link_cost fitted_cost(const tangram_link_collective *c, R count, R steps) {
    link_cost cost;
    cost.has_ramp = c->has_ramp;
    const tangram_link_fit *last = &c->fits[c->fit_count - 1];
    R latency = SPLAT(last->latency_s);
    R inverse_steps = SPLAT(last->inverse_steps);
    cost.beta = SPLAT(last->byte_cost_s);
    cost.ramp = SPLAT(last->ramp_s);
    cost.knee = SPLAT(last->knee_bytes);
    for (int32_t i = c->fit_count - 2; i >= 0; i--) {
        const tangram_link_fit *fit = &c->fits[i];
        R limit = SPLAT(fit->rank_count);
        latency = SELECT(count <= limit, SPLAT(fit->latency_s), latency);
        inverse_steps = SELECT(count <= limit, SPLAT(fit->inverse_steps), inverse_steps);
        cost.beta = SELECT(count <= limit, SPLAT(fit->byte_cost_s), cost.beta);
        if (c->has_ramp) {
            cost.ramp = SELECT(count <= limit, SPLAT(fit->ramp_s), cost.ramp);
            cost.knee = SELECT(count <= limit, SPLAT(fit->knee_bytes), cost.knee);
        }
    }
    // A tree or ring over more ranks than measured takes more steps.
    R more = max_r(SPLAT(1), steps * inverse_steps);
    cost.alpha = latency * more;
    cost.ramp = cost.ramp * more;
    return cost;
}

// Latency and seconds per byte of the bus for `count` ranks on one link, without the factor of the
// collective.
TANGRAM_INLINE link_cost bus_cost(
    const tangram_link_table *link, tangram_collective collective, R count, R steps
) {
    const tangram_link_collective *c = &link->collectives[collective];
    if (c->fit_count > 0) { return fitted_cost(c, count, steps); }
    link_cost cost;
    cost.ramp = SPLAT(0);
    cost.knee = SPLAT(1);
    cost.has_ramp = 0;
    cost.alpha = steps * SPLAT(c->latency_s);
    cost.beta = SPLAT(c->byte_cost_s);
    if (link->is_mesh) {
        // n ranks use n − 1 of a device's wires.
        R wires = max_r(count - SPLAT(1), SPLAT(1));
        cost.beta = max_r(cost.beta, SPLAT(c->peer_byte_cost_s) / wires);
    }
    return cost;
}

// As bus_cost, with the part of the buffer that each rank sends: 2(n−1)/n in an all-reduce, (n−1)/n
// in the others; nothing for one rank.
TANGRAM_INLINE link_cost tier_cost(
    const tangram_link_table *link, tangram_collective collective, R count, R inverse_count, R steps
) {
    link_cost cost = bus_cost(link, collective, count, steps);
    R share = (count - SPLAT(1)) * inverse_count;
    cost.alpha = SELECT(count > SPLAT(1), cost.alpha, SPLAT(0));
    cost.ramp = SELECT(count > SPLAT(1), cost.ramp, SPLAT(0));
    cost.beta = cost.beta * (collective == TANGRAM_ALL_REDUCE ? SPLAT(2) * share : share);
    return cost;
}

// The same on the link inside a node: of the domain where the group fits into one.
TANGRAM_INLINE link_cost inside_cost(
    const tangram_network_table *network, tangram_collective collective, rank_group group, R count,
    R inverse_count, R steps
) {
    link_cost cost = tier_cost(&network->domain, collective, count, inverse_count, steps);
    if (network->domain_size < network->local_size) {
        link_cost far = tier_cost(&network->node, collective, count, inverse_count, steps);
        cost.alpha =
            SELECT(group.span <= SPLAT(network->domain_size), cost.alpha, far.alpha);
        cost.beta = SELECT(group.span <= SPLAT(network->domain_size), cost.beta, far.beta);
        cost.ramp = SELECT(group.span <= SPLAT(network->domain_size), cost.ramp, far.ramp);
        cost.knee = SELECT(group.span <= SPLAT(network->domain_size), cost.knee, far.knee);
        cost.has_ramp = cost.has_ramp || far.has_ramp;
    }
    return cost;
}

// An all-gather or a reduce-scatter of `group`.
TANGRAM_INLINE link_cost gather_cost(
    const tangram_network_table *network, tangram_collective collective, rank_group group
) {
    link_cost near = inside_cost(
        network, collective, group, group.inside, group.inverse_inside, ceil_log2(group.inside));
    link_cost far = tier_cost(
        &network->fabric, collective, group.outside, SPLAT(1) / group.outside,
        ceil_log2(group.outside));
    far = leaf_cost(network, far, group, 0);
    return joined_costs(near, far, group.inverse_inside);
}

// An all-reduce: on one link inside a node; scattered, reduced across and gathered over several.
TANGRAM_INLINE link_cost reduce_cost(const tangram_network_table *network, rank_group group) {
    R steps = ceil_log2(group.inside);
    link_cost flat = inside_cost(
        network, TANGRAM_ALL_REDUCE, group, group.inside, group.inverse_inside, steps);
    link_cost scatter = inside_cost(
        network, TANGRAM_REDUCE_SCATTER, group, group.inside, group.inverse_inside, steps);
    link_cost gather = inside_cost(
        network, TANGRAM_ALL_GATHER, group, group.inside, group.inverse_inside, steps);
    link_cost across = tier_cost(
        &network->fabric, TANGRAM_ALL_REDUCE, group.outside, SPLAT(1) / group.outside,
        ceil_log2(group.outside));
    across = leaf_cost(network, across, group, 0);
    link_cost spread = joined_costs(joined_costs(scatter, gather, SPLAT(1)), across,
        group.inverse_inside);
    spread.alpha = SELECT(group.outside > SPLAT(1), spread.alpha, flat.alpha);
    spread.beta = SELECT(group.outside > SPLAT(1), spread.beta, flat.beta);
    spread.ramp = SELECT(group.outside > SPLAT(1), spread.ramp, flat.ramp);
    spread.knee = SELECT(group.outside > SPLAT(1), spread.knee, flat.knee);
    spread.has_ramp = spread.has_ramp || flat.has_ramp;
    return spread;
}

// An all-to-all: shards for neighbours go inside, the others over the fabric, at the same time.
typedef struct {
    link_cost near;
    link_cost far;
} exchange_cost;

TANGRAM_INLINE R exchange_s(exchange_cost cost, R bytes) {
    return max_r(seconds(cost.near, bytes), seconds(cost.far, bytes));
}

// `far_share`: the part of the bytes for other nodes that crosses after copies for one node were
// merged, `near_share` that of all bytes after copies for one rank were. Merged copies are spread by
// the neighbours that receive them, so that all bytes pass the inner link.
TANGRAM_INLINE exchange_cost merged_exchange_cost(
    const tangram_network_table *network, rank_group group, R far_share, R near_share
) {
    R inverse_size = SPLAT(1) / group.size;
    exchange_cost cost;
    cost.near = inside_cost(
        network, TANGRAM_ALL_TO_ALL, group, group.inside, group.inverse_inside,
        ceil_log2(group.inside));
    R inner = near_share * SELECT(far_share < SPLAT(1), SPLAT(1), group.inside * inverse_size);
    cost.near.beta = cost.near.beta * inner;
    if (cost.near.has_ramp) { cost.near.knee = cost.near.knee / inner; }
    link_cost far = bus_cost(
        &network->fabric, TANGRAM_ALL_TO_ALL, group.outside, ceil_log2(group.outside));
    far = leaf_cost(network, far, group, network->changing_share);
    cost.far.has_ramp = 0;
    cost.far.ramp = SPLAT(0);
    cost.far.knee = SPLAT(1);
    cost.far.alpha = SELECT(group.outside > SPLAT(1), far.alpha, SPLAT(0));
    cost.far.beta = far.beta * far_share * inverse_size * (group.size - group.inside);
    return cost;
}

// As merged_exchange_cost, each copy sent.
TANGRAM_INLINE exchange_cost all_to_all_cost(
    const tangram_network_table *network, rank_group group, R far_share
) {
    return merged_exchange_cost(network, group, far_share, SPLAT(1));
}

// A message to the accelerator `distance` places away.
TANGRAM_INLINE link_cost send_cost(const tangram_network_table *network, R distance) {
    const tangram_link_collective *fabric = &network->fabric.collectives[TANGRAM_SEND_RECEIVE];
    const tangram_link_collective *node = &network->node.collectives[TANGRAM_SEND_RECEIVE];
    const tangram_link_collective *domain = &network->domain.collectives[TANGRAM_SEND_RECEIVE];
    link_cost cost = {
        SELECT(
            distance >= SPLAT(network->domain_size), SPLAT(node->latency_s),
            SPLAT(domain->latency_s)),
        SELECT(
            distance >= SPLAT(network->domain_size), SPLAT(node->peer_byte_cost_s),
            SPLAT(domain->peer_byte_cost_s)),
        SPLAT(0), SPLAT(1), 0};
    cost.alpha = SELECT(
        distance >= SPLAT(network->local_size), SPLAT(fabric->latency_s), cost.alpha);
    cost.beta = SELECT(
        distance >= SPLAT(network->local_size), SPLAT(fabric->peer_byte_cost_s), cost.beta);
    return cost;
}
