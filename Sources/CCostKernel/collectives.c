#include "include/collective_table.h"
#include "include/device_table.h"
#include "include/model_table.h"

#include "lanes_scalar.h"

#include "lanes_common.h"

#include "collectives_body.h"

void tangram_link_add_fit(
    tangram_link_table *link, tangram_collective collective, tangram_link_fit fit
) {
    tangram_link_collective *c = &link->collectives[collective];
    if (c->fit_count == TANGRAM_FIT_LIMIT) { c->fit_count--; }
    const double steps = ceil_log2(fit.rank_count);
    fit.inverse_steps = 1 / (steps > 1 ? steps : 1);
    if (!(fit.knee_bytes > 0)) { fit.knee_bytes = 1; }
    if (fit.ramp_s > 0) { c->has_ramp = 1; }
    c->fits[c->fit_count++] = fit;
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
