#include "include/collective_table.h"
#include "include/device_table.h"
#include "include/exchange.h"
#include "include/model_table.h"

#include "lanes_scalar.h"

#include "lanes_common.h"

#include "collectives_body.h"
#include "exchange_body.h"

static void add_fit(tangram_link_collective *c, tangram_link_fit fit) {
    if (c->fit_count == TANGRAM_FIT_LIMIT) { c->fit_count--; }
    const double steps = ceil_log2(fit.rank_count);
    fit.inverse_steps = 1 / (steps > 1 ? steps : 1);
    if (!(fit.knee_bytes > 0)) { fit.knee_bytes = 1; }
    if (fit.ramp_s > 0) { c->has_ramp = 1; }
    c->fits[c->fit_count++] = fit;
}

void tangram_link_add_fit(
    tangram_link_table *link, tangram_collective collective, tangram_link_fit fit
) {
    add_fit(&link->collectives[collective], fit);
}

void tangram_exchange_add_fit(tangram_exchange_curve *curve, tangram_link_fit fit) {
    add_fit(&curve->links, fit);
}

tangram_exchange_parts tangram_exchange_of(
    const tangram_network_table *network, const tangram_expert_kind *kind, double size,
    double stride, double tokens, double dispatch_row_bytes, double combine_row_bytes,
    int32_t merged_only
) {
    tangram_exchange_parts parts = {-1, 1, 1, 0, 0};
    if (!(size > 1)) { return parts; }
    const rank_group group = group_of(network, size, stride);
    const expert_exchange e = exchange_of(kind, group, tokens);
    const int is_far = group.outside > 1;
    const double places = is_far ? group.outside : group.inside;
    parts.node_count = (int32_t)group.outside;
    parts.place_count = (int32_t)places;
    for (int32_t i = 0; i < network->exchange_count; i++) {
        const tangram_exchange_library *library = &network->exchanges[i];
        if (merged_only && !library->merges_copies) { continue; }
        const tangram_exchange_curve *curves = is_far ? library->far : library->near;
        const double merged = is_far ? e.merged_nodes : e.merged_ranks;
        const double copied = is_far ? e.copied_nodes : e.copied_ranks;
        const double copies = library->merges_copies ? merged : copied;
        const double there =
            exchange_curve_s(&curves[0], &e, places, copies, dispatch_row_bytes);
        const double back = exchange_curve_s(&curves[1], &e, places, copies, combine_row_bytes);
        if (parts.library < 0 || there + back < parts.dispatch_s + parts.combine_s) {
            parts.library = i;
            parts.dispatch_s = there;
            parts.combine_s = back;
        }
    }
    return parts;
}

void tangram_link_set(
    tangram_link_table *link, tangram_collective collective, double byte_cost_s,
    double peer_byte_cost_s, double latency_s
) {
    tangram_link_collective *c = &link->collectives[collective];
    c->byte_cost_s = byte_cost_s;
    c->peer_byte_cost_s = peer_byte_cost_s;
    c->latency_s = latency_s;
    c->fit_count = 0;
    c->has_ramp = 0;
}

double tangram_collective_s(
    const tangram_network_table *network, tangram_collective collective, double bytes, double size,
    double stride, double far_share
) {
    if (!(size > 1) || !(bytes > 0)) { return 0; }
    const rank_group group = group_of(network, size, stride);
    switch (collective) {
    case TANGRAM_ALL_REDUCE:
        return seconds(reduce_cost(network, group), bytes);
    case TANGRAM_ALL_TO_ALL:
        return exchange_s(all_to_all_cost(network, group, far_share), bytes);
    case TANGRAM_SEND_RECEIVE:
        return seconds(send_cost(network, stride), bytes);
    default:
        return seconds(gather_cost(network, collective, group), bytes);
    }
}

double tangram_send_s(const tangram_network_table *network, double bytes, double distance) {
    return bytes > 0 ? seconds(send_cost(network, distance), bytes) : 0;
}
