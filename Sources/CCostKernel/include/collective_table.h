// Links as collectives use them.
#ifndef TANGRAM_COLLECTIVE_TABLE_H
#define TANGRAM_COLLECTIVE_TABLE_H

#include <stdint.h>

/// A pattern of communication; the index of tables by collective.
typedef enum {
    TANGRAM_ALL_REDUCE = 0,
    TANGRAM_ALL_GATHER = 1,
    TANGRAM_REDUCE_SCATTER = 2,
    TANGRAM_ALL_TO_ALL = 3,
    TANGRAM_SEND_RECEIVE = 4,
} tangram_collective;

/// How many collectives there are.
#define TANGRAM_COLLECTIVE_COUNT 5
/// Most fits of one collective on one link; they are for different numbers of ranks.
#define TANGRAM_FIT_LIMIT 8

/// A measured fit: `latency_s + ramp_s × bytes/(bytes + knee_bytes) + factor × bytes × byte_cost_s`.
typedef struct {
    double rank_count;
    double latency_s;
    double ramp_s;
    double knee_bytes;
    double byte_cost_s;
    /// One over ⌈log₂ rank_count⌉.
    double inverse_steps;
} tangram_link_fit;

/// One collective on one kind of link.
typedef struct {
    /// Seconds per byte of all wires of a device together, efficiency included.
    double byte_cost_s;
    /// Seconds per byte to one single peer, efficiency included.
    double peer_byte_cost_s;
    /// Latency of one step.
    double latency_s;
    int32_t fit_count;
    /// 1 where a fit has a ramp.
    int32_t has_ramp;
    /// Ascending in ranks.
    tangram_link_fit fits[TANGRAM_FIT_LIMIT];
} tangram_link_collective;

/// A kind of link.
typedef struct {
    tangram_link_collective collectives[TANGRAM_COLLECTIVE_COUNT];
    /// 1 where every pair has a wire of its own.
    int32_t is_mesh;
} tangram_link_table;

/// One direction of an exchange with experts, as a library was measured:
///
///     latency + expert_s × experts + ramp × size/(size + knee) + size × byte_cost,
///     size = (tokens + row_count) × (bytes of a token + header_bytes) × (copies sent + own_copies)
///
/// with the first, third and fourth constant from a fit of `links`.
typedef struct {
    /// Fits by ranks that share a node, or by nodes.
    tangram_link_collective links;
    /// Seconds for each expert of the layer.
    double expert_s;
    /// Tokens that take as long as filling and draining the kernel does.
    double row_count;
    /// Copies that take as long as what a token costs on its own rank.
    double own_copies;
    /// Bytes that take as long as what a copy costs beside its content.
    double header_bytes;
} tangram_exchange_curve;

/// A library that brings tokens to experts and back.
typedef struct {
    /// 1 where one copy of a token goes to each rank of a node, or to each node; 0 where one goes to
    /// each expert.
    int32_t merges_copies;
    /// There and back, inside a node and between nodes; each has a fit.
    tangram_exchange_curve near[2], far[2];
} tangram_exchange_library;

/// Most libraries of a network.
#define TANGRAM_EXCHANGE_LIMIT 3

/// The links that join accelerators.
typedef struct {
    /// Inside a scale-up domain.
    tangram_link_table domain;
    /// Between domains of one node.
    tangram_link_table node;
    /// Between nodes.
    tangram_link_table fabric;
    /// Accelerators that reach each other without the fabric.
    double local_size;
    /// Accelerators of one scale-up domain.
    double domain_size;
    /// Nodes, or larger domains, below one leaf switch whose uplinks are oversubscribed; 0 where that
    /// is not known, and everything passes the uplinks.
    double leaf_nodes;
    /// Time of what stays below a leaf over that of what passes its uplinks, and the part of an
    /// all-to-all that changes rails above the leaves.
    double leaf_gain, changing_share;
    /// Libraries for the exchange with experts, one that merges copies first; none where all-to-all
    /// is used.
    int32_t exchange_count;
    tangram_exchange_library exchanges[TANGRAM_EXCHANGE_LIMIT];
} tangram_network_table;

#ifdef __cplusplus
extern "C" {
#endif

/// Adds a measured fit, in ascending order of ranks; one more than TANGRAM_FIT_LIMIT replaces the
/// last. `inverse_steps` is filled in.
void tangram_link_add_fit(
    tangram_link_table *link, tangram_collective collective, tangram_link_fit fit);

/// As ``tangram_link_add_fit``, of an exchange's curve.
void tangram_exchange_add_fit(tangram_exchange_curve *curve, tangram_link_fit fit);

/// Sets what a collective costs without a fit.
void tangram_link_set(
    tangram_link_table *link, tangram_collective collective, double byte_cost_s,
    double peer_byte_cost_s, double latency_s);

/// Seconds of a collective of `size` ranks, every `stride`-th accelerator, in double; 0 for one
/// rank or no bytes.
///
/// `bytes` is the full buffer of one rank: what is reduced, what is gathered in all, or what one
/// rank sends to all others together and itself. `far_share` is, for all-to-all, the part of the
/// bytes for other nodes that crosses the fabric.
double tangram_collective_s(
    const tangram_network_table *network, tangram_collective collective, double bytes, double size,
    double stride, double far_share);

/// Seconds to send `bytes` to the accelerator `distance` places away, in double.
double tangram_send_s(const tangram_network_table *network, double bytes, double distance);

#ifdef __cplusplus
}
#endif

#endif
