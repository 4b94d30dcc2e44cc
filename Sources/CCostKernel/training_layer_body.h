// Every operator of an average layer and of the head, for one micro-batch on one rank.

// A layout's sizes as times and bytes need them.
typedef struct {
    R tensor, inverse_tensor, context, pipeline, virtual_stages, data, expert, expert_tensor;
    R micro_batch;
    // Tokens of one micro-batch on one context-parallel rank, one over them, and tokens on one rank
    // of a sequence-sharded block.
    R tokens, inverse_tokens, shard_tokens;
    // Ranks that a sequence's blocks of queries are spread over, for each sequence.
    R blocks_share;
} training_sizes;

// One pass over a layer or the head.
typedef struct {
    R matrix, experts, attention, elementwise;
    R tensor, context, expert;
    // FLOP, for the count of work.
    R flop;
} pass_cost;

TANGRAM_INLINE pass_cost no_pass(void) {
    pass_cost none = {SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0)};
    return none;
}

TANGRAM_INLINE R compute_of(pass_cost p) { return p.matrix + p.experts + p.attention + p.elementwise; }
TANGRAM_INLINE R total_of(pass_cost p) { return compute_of(p) + p.tensor + p.context + p.expert; }

typedef struct {
    pass_cost forward;
    // Without anything recomputed.
    pass_cost backward;
    // The part of `backward` that makes gradients of weights, which schedules may postpone.
    R weight_gradient;
    // What selective recomputation repeats.
    R repeated;
} layer_cost;

// A pass that multiplies forward, and input and weight gradients backward.
TANGRAM_INLINE void add_passes(
    const tangram_training_job *job, R flop, R forward, R input_gradient, R weight_gradient,
    R *forward_sum, R *backward_sum, layer_cost *cost, R share
) {
    R gradient = job->is_frozen ? SPLAT(0) : weight_gradient * share;
    *forward_sum = *forward_sum + forward * share;
    *backward_sum = *backward_sum + (input_gradient * share + gradient);
    cost->weight_gradient = cost->weight_gradient + gradient;
    cost->forward.flop = cost->forward.flop + flop * share;
    cost->backward.flop =
        cost->backward.flop + flop * SPLAT(job->is_frozen ? 1 : 2) * share;
}

// With sequence parallelism a matrix that is not cut multiplies only the rank's own tokens.
TANGRAM_INLINE void add_matrix(
    const tangram_training_job *job, const tangram_matrix *matrix, const training_sizes *sizes,
    layer_cost *cost
) {
    const tangram_matrix_curve *curve = &job->device.matrix;
    R share = SPLAT(matrix->share);
    R part = max_r(sizes->inverse_tensor, SPLAT(matrix->inverse_shard_limit));
    R shards = min_r(sizes->tensor, SPLAT(matrix->shard_limit));
    R one = SPLAT(1);
    R tokens = sizes->tokens;
    R inverse_tokens = sizes->inverse_tokens;
    // What of the matrix is on this rank: of all of it, of what goes in, and of what comes out.
    R cut = part, cut_input = one, cut_output = one;
    R more_inner = one, more_columns = one;
    switch (matrix->cut) {
    case TANGRAM_CUT_NONE:
        tokens = sizes->shard_tokens;
        inverse_tokens = sizes->inverse_tokens * sizes->tensor;
        cut = one;
        break;
    case TANGRAM_CUT_OUTPUT:
        cut_output = part;
        more_columns = shards;
        break;
    case TANGRAM_CUT_INPUT:
        cut_input = part;
        more_inner = shards;
        break;
    default:
        cut_input = part;
        cut_output = part;
        break;
    }
    R weights = SPLAT(matrix->weight_count) * cut;
    R flop = SPLAT(2) * tokens * weights;
    matrix_side rows = side_of(curve, tokens, inverse_tokens);
    matrix_side inner = side_of(
        curve, SPLAT(matrix->input) * cut_input, SPLAT(matrix->inverse_inner) * more_inner);
    matrix_side columns = side_of(
        curve, SPLAT(matrix->output) * cut_output, SPLAT(matrix->inverse_output) * more_columns);
    R stored = weights * SPLAT(curve->weight_bytes);
    R forward = matrix_s(
        curve, rows, columns, inner, flop,
        stored
            + tokens
                * (inner.count * SPLAT(curve->input_bytes)
                    + columns.count * SPLAT(curve->output_bytes)));
    R backward = matrix_s(
        curve, rows, inner, columns, flop,
        stored
            + tokens
                * (columns.count * SPLAT(curve->input_bytes)
                    + inner.count * SPLAT(curve->output_bytes)));
    // Multiplied, and added to the accumulated gradient.
    R gradient = matrix_s(
        curve, inner, columns, rows, flop,
        weights * SPLAT(2 * job->gradient_bytes)
            + tokens * (inner.count + columns.count) * SPLAT(curve->input_bytes));
    add_passes(
        job, flop, forward, backward, gradient, &cost->forward.matrix, &cost->backward.matrix,
        cost, share);
    // How much of it selective recomputation multiplies again.
    double again = matrix->is_rebuilt ? 1 : job->repeated_matrix_share;
    if (again > 0) { cost->repeated = cost->repeated + forward * share * SPLAT(again); }
    if (job->device.cast_element_cost_s > 0) {
        // Quantising an operand reads 16 bits and writes the narrow copy.
        R cast = sizes->shard_tokens * SPLAT(job->device.cast_element_cost_s) * share;
        R cast_forward = cast * SPLAT(matrix->input);
        cost->forward.elementwise = cost->forward.elementwise + cast_forward;
        // The gradient of what came out is cast along rows for that of the input, and along columns
        // for that of the weights; so is the input again.
        R columns_cast = cast * SPLAT(matrix->output + job->device.recast_share * matrix->input);
        columns_cast = job->is_frozen ? SPLAT(0) : columns_cast;
        cost->backward.elementwise = cost->backward.elementwise + cast * SPLAT(matrix->output)
            + columns_cast;
        cost->weight_gradient = cost->weight_gradient + columns_cast;
        if (again > 0) { cost->repeated = cost->repeated + cast_forward * SPLAT(again); }
    }
}

// The attention core with a fused kernel, and the exchange of context parallelism.
TANGRAM_INLINE void add_attention(
    const tangram_training_job *job, const tangram_attention_kind *kind,
    const training_sizes *sizes, I exchange, layer_cost *cost
) {
    R share = SPLAT(kind->share);
    R flop = SPLAT(kind->core_flop) * sizes->micro_batch * sizes->inverse_tensor / sizes->context;
    R bytes = SPLAT(kind->core_bytes) * sizes->shard_tokens;
    R inverse_tiles = SPLAT(kind->inverse_tiles) * sizes->blocks_share;
    R forward = attention_s(&kind->core, flop, bytes, kind->inverse_length, inverse_tiles);
    R backward = attention_s(
        &kind->core, flop * SPLAT(job->attention_backward * job->attention_backward_slowdown),
        bytes * SPLAT(job->attention_backward_bytes), kind->inverse_length, inverse_tiles);
    if (job->repeats_attention) { cost->repeated = cost->repeated + forward * share; }
    cost->forward.attention = cost->forward.attention + forward * share;
    cost->backward.attention = cost->backward.attention + backward * share;
    cost->forward.flop = cost->forward.flop + flop * share;
    cost->backward.flop =
        cost->backward.flop + flop * SPLAT(job->attention_backward) * share;

    if (!any_of(sizes->context > SPLAT(1))) { return; }
    rank_group contexts = group_of(&job->network, sizes->context, sizes->tensor);
    link_cost gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, contexts);
    link_cost scatter = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, contexts);
    exchange_cost swap = all_to_all_cost(&job->network, contexts, SPLAT(1));
    // Ring: keys and values of the whole sequence visit every rank behind the core; their gradients
    // return. All-gather: the same traffic in front of the core and behind it. All-to-all over
    // heads: queries, keys, values and the output change from tokens to heads and back.
    R keys = SPLAT(job->activation_bytes * kind->exchanged_width) * sizes->tokens * sizes->context
        * max_r(sizes->inverse_tensor, SPLAT(kind->inverse_exchange_limit));
    R gathered = seconds(gather, keys);
    R returned = gathered + seconds(scatter, keys);
    R swapped = exchange_s(
        swap, SPLAT(job->activation_bytes * kind->head_width) * sizes->shard_tokens);
    R ring_forward = max_r(SPLAT(0), gathered - forward);
    R ring_backward = max_r(SPLAT(0), returned - backward);
    R exchanged_forward = SELECT(exchange == TANGRAM_CONTEXT_RING, ring_forward, gathered);
    R exchanged_backward = SELECT(exchange == TANGRAM_CONTEXT_RING, ring_backward, returned);
    exchanged_forward = SELECT(exchange == TANGRAM_CONTEXT_ULYSSES, swapped, exchanged_forward);
    exchanged_backward = SELECT(exchange == TANGRAM_CONTEXT_ULYSSES, swapped, exchanged_backward);
    cost->forward.context = cost->forward.context
        + SELECT(sizes->context > SPLAT(1), exchanged_forward, SPLAT(0)) * share;
    cost->backward.context = cost->backward.context
        + SELECT(sizes->context > SPLAT(1), exchanged_backward, SPLAT(0)) * share;
}

// The all-to-all where no library for it was measured. Copies for one node, or for one rank, travel
// once where software merges them: k experts drawn at random lie on n · (1 − (1 − 1/n)^k) of n nodes.
// Routing may limit the nodes; a group of experts that is spread over several nodes is reached on
// each of them.
TANGRAM_INLINE exchange_cost all_to_all_of(
    const tangram_training_job *job, const tangram_expert_kind *kind, rank_group experts
) {
    R far_share = SPLAT(1), near_share = SPLAT(1);
    if (job->merges_copies) {
        R missed_nodes = SPLAT(1), missed_ranks = SPLAT(1);
        R other_nodes = SPLAT(1) - SPLAT(1) / experts.outside;
        R other_ranks = SPLAT(1) - SPLAT(1) / experts.size;
        for (double i = 0; i < kind->active_expert_count; i++) {
            missed_nodes = missed_nodes * other_nodes;
            missed_ranks = missed_ranks * other_ranks;
        }
        R inverse_active = SPLAT(1 / kind->active_expert_count);
        near_share = experts.size * (SPLAT(1) - missed_ranks) * inverse_active;
        R reached = experts.outside * (SPLAT(1) - missed_nodes);
        if (kind->group_limit > 0) {
            R limit = SPLAT(kind->group_limit)
                * max_r(SPLAT(1), floor_r(experts.outside * SPLAT(kind->inverse_group_count)));
            reached = min_r(reached, limit);
        }
        far_share = min_r(SPLAT(1), reached * inverse_active);
    }
    return merged_exchange_cost(&job->network, experts, far_share, near_share);
}

// Routed experts: two grouped multiplications and the all-to-all that brings tokens and takes them
// back. Ranks that share an expert gather each other's tokens.
TANGRAM_INLINE void add_experts(
    const tangram_training_job *job, const tangram_expert_kind *kind, const training_sizes *sizes,
    layer_cost *cost
) {
    R share = SPLAT(kind->share);
    double hidden = kind->width;
    const tangram_expert_curve *curve = &job->device.experts;
    // The busiest rank is waited for; what it has more than the average is not computed elsewhere.
    R own = sizes->shard_tokens * SPLAT(kind->active_expert_count * job->expert_load);
    R visits = own * sizes->expert_tensor;
    // Experts of this rank; with so many tokens every one of them is visited.
    R resident = SPLAT(kind->expert_count) / sizes->expert;
    R weights = resident * SPLAT(kind->expert_weight_count) / sizes->expert_tensor;
    R flop = SPLAT(2 * kind->expert_weight_count) * own;
    R activations = SPLAT(job->activation_bytes)
        * (visits * SPLAT(2 * hidden) + own * SPLAT(kind->expert_total_width));
    R touched = min_r(resident, visits);
    R multiplied = expert_s(
        curve, flop, weights * SPLAT(curve->weight_bytes), activations, touched, visits);
    R gradient = expert_s(
        curve, flop, weights * SPLAT(2 * job->gradient_bytes), activations, touched, visits);
    // What the average rank computes, for the count of work.
    add_passes(
        job, flop * SPLAT(job->expert_computed / job->expert_load), multiplied, multiplied, gradient,
        &cost->forward.experts, &cost->backward.experts, cost, share);
    R repeated = multiplied * share;
    // Activations and permutation, inside the experts' kernels or beside them.
    R moved = own * SPLAT(kind->row_bytes * curve->near_byte_cost_s)
        + own
            * SPLAT(
                  job->activation_bytes * hidden * (1 + 1 / kind->active_expert_count)
                  * curve->far_byte_cost_s);
    moved = moved * share;
    cost->forward.elementwise = cost->forward.elementwise + moved;
    cost->backward.elementwise = cost->backward.elementwise + SPLAT(2) * moved;
    repeated = repeated + moved;
    if (job->device.cast_element_cost_s > 0) {
        R cast = (visits * SPLAT(hidden) + own * SPLAT(kind->expert_width))
            * SPLAT(job->device.cast_element_cost_s) * share;
        // The other way, what came out and what went in along columns are as many elements.
        R columns_cast = cast * SPLAT(job->is_frozen ? 0 : 1 + job->device.recast_share);
        cost->forward.elementwise = cost->forward.elementwise + cast;
        cost->backward.elementwise = cost->backward.elementwise + cast + columns_cast;
        cost->weight_gradient = cost->weight_gradient + columns_cast;
        repeated = repeated + cast;
    }
    rank_group experts = group_of(&job->network, sizes->expert, sizes->expert_tensor);
    R elements = own * SPLAT(hidden);
    R both;
    if (job->merges_copies && job->network.exchange_count > 0) {
        expert_exchange e =
            exchange_of(kind, experts, sizes->shard_tokens * SPLAT(job->expert_load));
        both = fastest_exchange_s(
            &job->network, &e, hidden * job->device.dispatch_bytes, hidden * job->combine_bytes, 1);
    } else {
        exchange_cost swap = all_to_all_of(job, kind, experts);
        both = exchange_s(swap, elements * SPLAT(job->device.dispatch_bytes))
            + exchange_s(swap, elements * SPLAT(job->combine_bytes));
    }
    both = SELECT(sizes->expert > SPLAT(1), both, SPLAT(0));
    if (any_of(sizes->expert_tensor > SPLAT(1))) {
        rank_group shares = group_of(&job->network, sizes->expert_tensor, SPLAT(1));
        R shared = visits * SPLAT(job->activation_bytes * hidden);
        R joined = seconds(gather_cost(&job->network, TANGRAM_ALL_GATHER, shares), shared)
            + seconds(gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, shares), shared);
        both = both + SELECT(sizes->expert_tensor > SPLAT(1), joined, SPLAT(0));
    }
    both = both * share;
    if (job->repeats_experts) { cost->repeated = cost->repeated + repeated + both; }
    cost->forward.expert = cost->forward.expert + both;
    cost->backward.expert = cost->backward.expert + both;
}

// Norms, residual additions, rotary embedding, activations of an average layer.
TANGRAM_INLINE void add_stream(
    const tangram_training_job *job, const training_sizes *sizes, layer_cost *cost
) {
    const tangram_model_table *model = &job->model;
    const double repeated_kernels = 3;
    R time = stream_s(
        &job->device, sizes->shard_tokens * SPLAT(model->stream_bytes), model->stream_kernels);
    cost->forward.elementwise = cost->forward.elementwise + time;
    cost->backward.elementwise = cost->backward.elementwise + SPLAT(2) * time;
    if (model->repeated_stream_bytes > 0) {
        cost->repeated = cost->repeated
            + stream_s(
                  &job->device, sizes->shard_tokens * SPLAT(model->repeated_stream_bytes),
                  repeated_kernels);
    }
}

// The average over the layers of all kinds.
TANGRAM_INLINE layer_cost average_layer(
    const tangram_training_job *job, const training_sizes *sizes, I exchange,
    link_cost tensor_gather, link_cost tensor_scatter
) {
    const tangram_model_table *model = &job->model;
    layer_cost cost = {no_pass(), no_pass(), SPLAT(0), SPLAT(0)};
    R whole = sizes->tokens * SPLAT(job->activation_bytes * model->hidden);
    R pair = seconds(tensor_gather, whole) + seconds(tensor_scatter, whole);
    if (job->gather_copy_share > 0) {
        R copies = whole * SPLAT(2 * job->gather_copy_share * job->device.byte_cost_s);
        pair = pair + SELECT(sizes->tensor > SPLAT(1), copies, SPLAT(0));
    }
    for (int32_t m = 0; m < model->matrix_count; m++) {
        if (model->matrices[m].phase == TANGRAM_PHASE_DECODE) { continue; }
        add_matrix(job, &model->matrices[m], sizes, &cost);
    }
    for (int32_t k = 0; k < model->attention_count; k++) {
        add_attention(job, &model->attention[k], sizes, exchange, &cost);
    }
    for (int32_t k = 0; k < model->expert_kind_count; k++) {
        add_experts(job, &model->experts[k], sizes, &cost);
    }
    add_stream(job, sizes, &cost);
    R gathers = pair * SPLAT(model->tensor_blocks);
    cost.forward.tensor = cost.forward.tensor + gathers;
    cost.backward.tensor = cost.backward.tensor + gathers;
    if (job->repeated_matrix_share > 0) {
        // What is scattered is kept, what is gathered is not.
        cost.repeated = cost.repeated + gathers * SPLAT(0.5);
    }
    return cost;
}

// The head, once more for every multi-token prediction layer, with the matrix that joins hidden
// state and embedding in front of such a layer.
TANGRAM_INLINE layer_cost head_layer(
    const tangram_training_job *job, const training_sizes *sizes, link_cost gather,
    link_cost scatter
) {
    const tangram_model_table *model = &job->model;
    // Cross entropy reads the logits in 32 bits twice and writes their gradient.
    const double entropy_bytes = 12;
    layer_cost cost = {no_pass(), no_pass(), SPLAT(0), SPLAT(0)};
    double hidden = model->hidden;
    double head_count = 1 + model->prediction_count;
    R logits = sizes->tokens * SPLAT(model->vocabulary) * sizes->inverse_tensor;
    R weights = SPLAT(hidden * model->vocabulary) * sizes->inverse_tensor;
    R flop = SPLAT(2) * sizes->tokens * weights;
    const tangram_matrix_curve *curve = &job->device.head;
    matrix_side rows = side_of(curve, sizes->tokens, sizes->inverse_tokens);
    matrix_side columns = side_of(
        curve, SPLAT(model->vocabulary) * sizes->inverse_tensor,
        SPLAT(1 / model->vocabulary) * sizes->tensor);
    matrix_side joined = side_of(
        curve, SPLAT(hidden) * sizes->inverse_tensor, SPLAT(1 / hidden) * sizes->tensor);
    R forward = SPLAT(head_count)
        * matrix_s(
              curve, rows, columns, side_of(curve, SPLAT(hidden), SPLAT(1 / hidden)), flop,
              SPLAT(job->weight_bytes) * weights + SPLAT(job->activation_bytes) * logits);
    cost.forward.flop = SPLAT(head_count) * flop;
    if (model->prediction_count > 0) {
        R join = SPLAT(2 * hidden * hidden) * sizes->inverse_tensor;
        R join_flop = SPLAT(2) * sizes->tokens * join;
        forward = forward
            + SPLAT(model->prediction_count)
                * matrix_s(
                      curve, rows, joined,
                      side_of(curve, SPLAT(2 * hidden), SPLAT(1 / (2 * hidden))), join_flop,
                      SPLAT(job->weight_bytes) * join
                          + sizes->shard_tokens * SPLAT(3 * job->activation_bytes * hidden));
        cost.forward.flop = cost.forward.flop + SPLAT(model->prediction_count) * join_flop;
    }
    R passes = SPLAT(job->is_frozen ? 1 : 2);
    cost.forward.matrix = forward;
    cost.backward.matrix = passes * forward;
    cost.backward.flop = passes * cost.forward.flop;
    cost.forward.elementwise =
        SPLAT(head_count) * stream_s(&job->device, SPLAT(entropy_bytes) * logits, 1);
    // Sequence-sharded hidden states are gathered in front of the head.
    R bytes = sizes->tokens * SPLAT(job->activation_bytes * hidden);
    cost.forward.tensor = SPLAT(head_count) * seconds(gather, bytes);
    cost.backward.tensor = SPLAT(head_count) * seconds(scatter, bytes);
    return cost;
}
