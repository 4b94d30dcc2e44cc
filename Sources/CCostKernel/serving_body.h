// Steps of a served replica: operators, memory, and its steady state under continuous batching.

typedef struct {
    I tensor, pipeline, data, expert, context;
} serving_lanes;

// A layout's sizes.
typedef struct {
    R tensor, inverse_tensor, pipeline, data, stage_ranks, inverse_stage_ranks;
    // Ranks that share a prompt's tokens and a sequence's cache, and parts that experts see apart.
    R context, inverse_context, parts;
    // Ranks that experts are spread over, and the part of an expert that one of them holds.
    R expert, inverse_expert, expert_part;
    link_cost reduce, gather, send;
    // Over all ranks of a stage.
    link_cost all_gather, all_scatter;
    // Over the ranks that share a sequence.
    link_cost context_gather, context_reduce;
} serving_sizes;

typedef struct {
    R matrix, experts, attention, elementwise, tensor, expert, pipeline, context;
} serving_terms;

TANGRAM_INLINE R total_terms(serving_terms t) {
    return t.matrix + t.experts + t.attention + t.elementwise + t.tensor + t.expert + t.pipeline
        + t.context;
}

TANGRAM_INLINE serving_sizes serving_sizes_of(
    const tangram_serving_job *job, const serving_lanes *option
) {
    serving_sizes s;
    s.tensor = TO_R(option->tensor);
    s.inverse_tensor = SPLAT(1) / s.tensor;
    s.pipeline = TO_R(option->pipeline);
    s.data = TO_R(option->data);
    s.context = TO_R(option->context);
    s.inverse_context = SPLAT(1) / s.context;
    s.parts = s.data * s.context;
    s.stage_ranks = s.tensor * s.parts;
    s.inverse_stage_ranks = SPLAT(1) / s.stage_ranks;
    s.expert = TO_R(option->expert);
    s.inverse_expert = SPLAT(1) / s.expert;
    s.expert_part = s.expert * s.inverse_stage_ranks;
    rank_group tensors = group_of(&job->network, s.tensor, SPLAT(1));
    s.reduce = reduce_cost(&job->network, tensors);
    s.gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, tensors);
    s.send = send_cost(&job->network, s.stage_ranks);
    rank_group all = group_of(&job->network, s.stage_ranks, SPLAT(1));
    s.all_gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, all);
    s.all_scatter = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, all);
    // Read only where sequences are divided, which is seldom.
    s.context_gather = s.gather;
    s.context_reduce = s.reduce;
    if (any_of(s.context > SPLAT(1))) {
        rank_group contexts = group_of(&job->network, s.context, s.tensor);
        s.context_gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, contexts);
        s.context_reduce = reduce_cost(&job->network, contexts);
    }
    return s;
}

// Tokens that go through the model together.
typedef struct {
    // New tokens and sequences on a rank of the group with the most, the part of the tokens that no
    // other rank but those of its tensor parallelism has, and new tokens of all groups.
    R tokens, sequences, own_tokens, all_tokens;
} serving_batch;

// e^y − 1 for −88 < y <= 0, by its series at y/128 and seven doublings: only additions and
// multiplications, and no cancellation for small y.
TANGRAM_INLINE R exponential_less_one(R y) {
    R x = y * SPLAT(1.0 / 128);
    R sum = SPLAT(1.0 / 479001600);
    sum = sum * x + SPLAT(1.0 / 39916800);
    sum = sum * x + SPLAT(1.0 / 3628800);
    sum = sum * x + SPLAT(1.0 / 362880);
    sum = sum * x + SPLAT(1.0 / 40320);
    sum = sum * x + SPLAT(1.0 / 5040);
    sum = sum * x + SPLAT(1.0 / 720);
    sum = sum * x + SPLAT(1.0 / 120);
    sum = sum * x + SPLAT(1.0 / 24);
    sum = sum * x + SPLAT(1.0 / 6);
    sum = sum * x + SPLAT(0.5);
    sum = sum * x + SPLAT(1);
    R e = sum * x;
    for (int i = 0; i < 7; i++) { e = e * (e + SPLAT(2)); }
    return e;
}

// The share of experts that any of `tokens` tokens visits: 1 − (1 − k/E)^tokens.
TANGRAM_INLINE R touched_share(double log_missed, R tokens) {
    // Beyond, all are touched to the last bit.
    const double least = -80;
    R y = max_r(SPLAT(least), tokens * SPLAT(log_missed));
    return SPLAT(0) - exponential_less_one(y);
}

TANGRAM_INLINE R serving_matrix_s(
    const tangram_serving_job *job, const tangram_matrix *matrix, const serving_sizes *s, R tokens
) {
    const tangram_matrix_curve *curve = &job->device.matrix;
    R one = SPLAT(1);
    R part = max_r(s->inverse_tensor, SPLAT(matrix->inverse_shard_limit));
    R cut = matrix->cut == TANGRAM_CUT_NONE ? one : part;
    R cut_input =
        matrix->cut == TANGRAM_CUT_INPUT || matrix->cut == TANGRAM_CUT_COPIES ? part : one;
    R cut_output =
        matrix->cut == TANGRAM_CUT_OUTPUT || matrix->cut == TANGRAM_CUT_COPIES ? part : one;
    R weights = SPLAT(matrix->weight_count) * cut;
    R input = SPLAT(matrix->input) * cut_input;
    R columns = SPLAT(matrix->output) * cut_output;
    R inverse_inner = SPLAT(matrix->inverse_inner);
    // Copies side by side are each as deep as one of them.
    R inner = SPLAT(matrix->inverse_inner > 0 ? 1 / matrix->inverse_inner : 0);
    if (matrix->cut == TANGRAM_CUT_INPUT) {
        inverse_inner = inverse_inner * min_r(s->tensor, SPLAT(matrix->shard_limit));
        inner = input;
    }
    R time = matrix_s(
        curve, side_of(curve, tokens, one), side_of(curve, columns, one),
        side_of(curve, inner, inverse_inner), SPLAT(2) * tokens * weights,
        weights * SPLAT(curve->weight_bytes)
            + tokens * (input * SPLAT(curve->input_bytes) + columns * SPLAT(curve->output_bytes)));
    if (job->device.cast_element_cost_s > 0) {
        time = time + tokens * input * SPLAT(job->device.cast_element_cost_s);
    }
    return time;
}

TANGRAM_INLINE R serving_attention_s(
    const tangram_serving_job *job, const tangram_serving_attention *a, const serving_sizes *s,
    R cache_share, R sequences, int is_prefill
) {
    const tangram_attention_curve *curve = &a->curve;
    // Heads are cut over ranks; the indexer and a cache without heads are whole on each. Ranks that
    // share a sequence cut its queries in prefill, and its cache in decode.
    R whole_share = cache_share * (is_prefill ? SPLAT(1) : s->inverse_context);
    R head_share = s->inverse_tensor * (is_prefill ? s->inverse_context : SPLAT(1));
    R flop = sequences * s->inverse_context
        * (SPLAT(a->core_flop) * s->inverse_tensor + SPLAT(a->whole_flop));
    R bytes = sequences
        * (SPLAT(a->values * job->cache_bytes) * whole_share + SPLAT(a->head_bytes) * head_share);
    R compute = flop * SPLAT(curve->flop_cost_s * (1 + curve->length_ramp * a->inverse_length));
    if (a->head_ramp > 0) {
        compute = compute * (SPLAT(1) + SPLAT(a->head_ramp) * s->tensor);
    }
    R move = bytes * SPLAT(curve->byte_cost_s);
    if (curve->tile_ramp > 0) {
        R shares = (a->ramps_bytes ? cache_share : s->inverse_tensor) * s->inverse_context;
        R ramp = SPLAT(1) + SPLAT(curve->tile_ramp * a->inverse_tiles) / (sequences * shares);
        if (a->ramps_flop) { compute = compute * ramp; }
        if (a->ramps_bytes) { move = move * ramp; }
    }
    R time = norm_s(compute, move, curve->power);
    if (a->loop_s > 0) { time = max_r(time, SPLAT(a->loop_s)); }
    return SPLAT(curve->launch_s) + time;
}

// An exchange of `bytes` with the ranks that hold experts. Inside of nodes as every all-to-all; to
// other nodes every copy of a token on its own or one for each node, whichever is sooner.
TANGRAM_INLINE R serving_exchange_s(
    const tangram_serving_job *job, const serving_sizes *s, rank_group experts, exchange_cost swap,
    R far_share, R bytes
) {
    R crossing = bytes * (SPLAT(1) - experts.inside * s->inverse_stage_ranks)
        * SPLAT(job->fabric_byte_cost_s);
    R copies = SPLAT(job->copy_latency_s) + crossing * SPLAT(1 / job->copy_efficiency);
    R merged = SPLAT(job->merged_latency_s)
        + crossing * far_share * SPLAT(1 / job->merged_efficiency);
    R far = SELECT(experts.outside > SPLAT(1), min_r(copies, merged), SPLAT(0));
    return max_r(seconds(swap.near, bytes), far);
}

// Routed experts of all layers of one kind, and the all-to-all between them.
TANGRAM_INLINE void add_serving_experts(
    const tangram_serving_job *job, const tangram_expert_kind *kind, const serving_sizes *s,
    serving_batch batch, serving_terms *t
) {
    const tangram_expert_curve *curve = &job->device.experts;
    double hidden = kind->width;
    R one = SPLAT(1);
    R count = SPLAT(kind->share * job->model.layer_count);
    // The busiest rank sets the pace where experts are spread. Which experts tokens visit is chance:
    // of n sums of many visits the largest lies about 0.7 √(2 ln n) standard deviations above the
    // mean (0.7: exact for 8 normal variables within 1 %, for 2 to 64 within 12 %).
    const double largest = 0.7;
    const double twice_ln2 = 1.3862943611198906;
    R is_spread = SELECT(s->expert > one, one, SPLAT(0));
    R above = SPLAT(largest) * sqrt_r(SPLAT(twice_ln2) * ceil_log2(s->expert)) * is_spread;
    // Copies of busy experts share their visits. One on every rank is taken to even out what is not
    // chance (EPLB; DeepSeek-V3, arXiv 2412.19437, §3.4), fewer to do so in proportion.
    double stored = kind->expert_count + job->redundant_experts;
    R share = touched_share(kind->log_missed * (kind->expert_count / stored), batch.all_tokens);
    R uneven = max_r(SPLAT(0), one - SPLAT(job->redundant_experts) * s->inverse_expert)
        * SPLAT(job->expert_imbalance - 1);
    R busiest = SELECT(s->expert > one, one + uneven, one);
    R visits = busiest * batch.all_tokens * SPLAT(kind->active_expert_count) * s->inverse_expert;
    visits = visits + above * sqrt_r(visits);
    R own = SPLAT(stored) * s->inverse_expert;
    R touched = own * share;
    touched = min_r(own, touched + above * sqrt_r(touched * (one - share)));
    touched = max_r(min_r(one, visits), touched);
    double width_bytes = job->activation_bytes * kind->expert_total_width;
    R part_bytes = SPLAT(width_bytes) * s->expert_part;
    R activations = (SPLAT(job->activation_bytes * 2 * hidden) + part_bytes) * visits;
    R multiplied = expert_s(
        curve, visits * SPLAT(2 * kind->expert_weight_count) * s->expert_part,
        touched * SPLAT(kind->expert_weight_count * curve->weight_bytes) * s->expert_part,
        activations, touched, visits);
    t->experts = t->experts + multiplied * count;
    R moved = visits * (SPLAT(kind->row_bytes - width_bytes) + part_bytes)
            * SPLAT(curve->near_byte_cost_s)
        + visits
            * SPLAT(
                  job->activation_bytes * hidden * (1 + 1 / kind->active_expert_count)
                  * curve->far_byte_cost_s);
    t->elementwise = t->elementwise + moved * count;
    rank_group experts = group_of(&job->network, s->stage_ranks, one);
    // Without limits, copies for one node meet by chance: at most one for each node.
    R far_share = min_r(
        one, max_r(one, experts.outside - one) * SPLAT(1 / kind->active_expert_count));
    if (kind->group_limit > 0) {
        R reached = SPLAT(kind->group_limit)
            * max_r(one, floor_r(experts.outside * SPLAT(kind->inverse_group_count)));
        far_share = min_r(
            one, min_r(reached, experts.outside) * SPLAT(1 / kind->active_expert_count));
    }
    // Copies for experts of one rank go there once.
    R tokens = batch.own_tokens * s->inverse_tensor;
    R both;
    if (job->network.exchange_count > 0) {
        expert_exchange e = exchange_of(kind, experts, tokens);
        both = fastest_exchange_s(
            &job->network, &e, hidden * job->device.dispatch_bytes, hidden * job->activation_bytes,
            0);
    } else {
        exchange_cost swap = all_to_all_cost(&job->network, experts, far_share);
        R sent = tokens * SPLAT(hidden) * min_r(SPLAT(kind->active_expert_count), s->expert);
        both = serving_exchange_s(
                   job, s, experts, swap, far_share, sent * SPLAT(job->device.dispatch_bytes))
            + serving_exchange_s(
                   job, s, experts, swap, far_share, sent * SPLAT(job->activation_bytes));
    }
    // Or all tokens are gathered on every rank, and the results scattered.
    R whole = batch.all_tokens * SPLAT(hidden);
    R gathered = seconds(s->all_gather, whole * SPLAT(job->device.dispatch_bytes))
        + seconds(s->all_scatter, whole * SPLAT(job->activation_bytes));
    both = min_r(both, gathered);
    t->expert = t->expert + SELECT(s->parts > one, both, SPLAT(0)) * count;
}

// All layers once, all pipeline stages after each other.
TANGRAM_INLINE serving_terms serving_layers(
    const tangram_serving_job *job, const serving_sizes *s, serving_batch batch, int is_prefill
) {
    const tangram_model_table *model = &job->model;
    double hidden = model->hidden;
    R none = SPLAT(0);
    R one = SPLAT(1);
    serving_terms t = {none, none, none, none, none, none, none, none};
    for (int32_t m = 0; m < model->matrix_count; m++) {
        const tangram_matrix *matrix = &model->matrices[m];
        if (matrix->phase == (is_prefill ? TANGRAM_PHASE_DECODE : TANGRAM_PHASE_PREFILL)) {
            continue;
        }
        t.matrix = t.matrix
            + serving_matrix_s(job, matrix, s, batch.tokens)
                * SPLAT(matrix->share * model->layer_count);
    }
    for (int32_t k = 0; k < job->kind_count; k++) {
        const tangram_serving_kind *kind = &job->kinds[k];
        R cache_share = max_r(s->inverse_tensor, SPLAT(kind->inverse_cache_limit));
        R core = serving_attention_s(
            job, is_prefill ? &kind->prefill : &kind->decode, s, cache_share, batch.sequences,
            is_prefill);
        t.attention = t.attention + core * SPLAT(kind->layer_count);
        if (!any_of(s->context > one)) { continue; }
        // Keys and values go round in prefill while the core works on those that are there (ring
        // attention, arXiv 2310.01889); in decode every rank's part of the output is added up.
        R moved = is_prefill
            ? max_r(
                  none,
                  seconds(
                      s->context_gather,
                      batch.sequences * SPLAT(kind->exchanged_values * job->cache_bytes)
                          * cache_share)
                      - core)
            : seconds(
                  s->context_reduce,
                  batch.sequences * SPLAT(kind->output_values * job->activation_bytes)
                      * s->inverse_tensor);
        t.context = t.context + SELECT(s->context > one, moved, none) * SPLAT(kind->layer_count);
    }
    for (int32_t k = 0; k < model->expert_kind_count; k++) {
        add_serving_experts(job, &model->experts[k], s, batch, &t);
    }
    // Two norms, two residual additions, rotary embedding and the activation.
    R widths = SPLAT(10 * hidden + job->stream_width)
        + SPLAT(job->cut_width) * s->inverse_tensor;
    t.elementwise = t.elementwise
        + SPLAT(model->layer_count)
            * stream_s(
                  &job->device, batch.tokens * widths * SPLAT(job->activation_bytes),
                  job->stream_kernels);
    // Two all-reduces in a layer. With groups, that of experts is split: scattered before and
    // gathered after them.
    R blocks = SPLAT(2.0 * model->layer_count)
        - SELECT(s->parts > one, SPLAT(job->expert_layer_count), none);
    t.tensor = blocks * seconds(s->reduce, batch.tokens * SPLAT(job->activation_bytes * hidden));
    t.tensor = SELECT(s->tensor > one, t.tensor, none);
    // Every rank sends its share, and the next stage gathers.
    R bytes = batch.tokens * SPLAT(job->activation_bytes * model->hidden);
    R hop = seconds(s->send, bytes * s->inverse_tensor)
        + SELECT(s->tensor > SPLAT(1), seconds(s->gather, bytes), none);
    t.pipeline = SELECT(s->pipeline > SPLAT(1), (s->pipeline - SPLAT(1)) * hop, none);
    return t;
}

// The head, for `outputs` tokens of a group.
TANGRAM_INLINE void add_serving_head(
    const tangram_serving_job *job, const serving_sizes *s, R outputs, serving_terms *t
) {
    const tangram_model_table *model = &job->model;
    R one = SPLAT(1);
    const tangram_matrix_curve *head = &job->device.head;
    R columns = SPLAT(model->vocabulary) * s->inverse_tensor;
    R weights = SPLAT(model->hidden) * columns;
    R logits = outputs * SPLAT(job->activation_bytes * model->vocabulary);
    t->matrix = t->matrix
        + matrix_s(
              head, side_of(head, outputs, one), side_of(head, columns, one),
              side_of(head, SPLAT(model->hidden), SPLAT(1 / model->hidden)),
              SPLAT(2) * outputs * weights,
              SPLAT(job->end_bytes) * weights + logits * s->inverse_tensor);
    t->tensor = t->tensor
        + SELECT(s->tensor > SPLAT(1), seconds(s->gather, logits), SPLAT(0));
}

TANGRAM_INLINE serving_terms scaled_terms(serving_terms t, R factor) {
    serving_terms scaled = {
        t.matrix * factor, t.experts * factor, t.attention * factor, t.elementwise * factor,
        t.tensor * factor, t.expert * factor,  t.pipeline * factor,
        t.context * factor};
    return scaled;
}

TANGRAM_INLINE void add_terms(serving_terms *t, serving_terms more, R factor) {
    t->matrix = t->matrix + more.matrix * factor;
    t->experts = t->experts + more.experts * factor;
    t->attention = t->attention + more.attention * factor;
    t->elementwise = t->elementwise + more.elementwise * factor;
    t->tensor = t->tensor + more.tensor * factor;
    t->expert = t->expert + more.expert * factor;
    t->pipeline = t->pipeline + more.pipeline * factor;
    t->context = t->context + more.context * factor;
}

// All layers over a batch. Where half batches take turns, the exchange of one hides behind the
// computation of the other, if that is faster than the whole batch at once.
TANGRAM_INLINE serving_terms serving_layers_in_turns(
    const tangram_serving_job *job, const serving_sizes *s, serving_batch batch, int is_prefill
) {
    serving_terms whole = serving_layers(job, s, batch, is_prefill);
    if (job->overlaps > 0) {
        R half = SPLAT(0.5);
        serving_batch part = {
            batch.tokens * half, batch.sequences * half, batch.own_tokens * half,
            batch.all_tokens * half};
        serving_terms turn = serving_layers(job, s, part, is_prefill);
        R computing = total_terms(turn) - turn.expert;
        turn.expert = turn.expert - SPLAT(job->overlaps) * min_r(turn.expert, computing);
        R is_faster = SELECT(
            SPLAT(2) * total_terms(turn) < total_terms(whole), SPLAT(1), SPLAT(0));
        turn = scaled_terms(turn, SPLAT(2) * is_faster);
        add_terms(&turn, whole, SPLAT(1) - is_faster);
        return turn;
    }
    return whole;
}

// Steps that `prompts` prompts on every group take.
TANGRAM_INLINE R prefill_step_count(
    const tangram_serving_job *job, const serving_sizes *s, R prompts
) {
    // Ranks that share a prompt take a step's tokens each.
    return max_r(
        SPLAT(1),
        ceil_r(prompts * s->inverse_context * SPLAT(job->prompt_tokens / job->chunk_tokens)));
}

TANGRAM_INLINE serving_terms serving_prefill(
    const tangram_serving_job *job, const serving_sizes *s, R prompts
) {
    R steps = prefill_step_count(job, s, prompts);
    R together = prompts / steps;
    R tokens = together * SPLAT(job->prompt_tokens);
    R own = tokens * s->inverse_context;
    serving_batch batch = {own, together, own, tokens * s->data};
    serving_terms t = serving_layers_in_turns(job, s, batch, 1);
    add_serving_head(job, s, together, &t);
    return scaled_terms(t, steps * SPLAT(job->prefill_stretch));
}

// The group with the most requests sets the pace; there is no half request.
TANGRAM_INLINE serving_terms serving_decode(
    const tangram_serving_job *job, const serving_sizes *s, R sequences
) {
    R all = max_r(SPLAT(1), sequences);
    R most = max_r(SPLAT(1), all / s->data);
    R verified = SPLAT(job->verified_tokens);
    serving_batch batch = {
        most * verified, most, most * verified * s->inverse_context, all * verified};
    serving_terms t = serving_layers_in_turns(job, s, batch, 0);
    add_serving_head(job, s, batch.tokens, &t);
    if (job->draft_count > 0) {
        // A draft is a layer like the others, and the head, over one token a sequence.
        serving_batch one = {most, most, most * s->inverse_context, all};
        double layers = job->model.layer_count > 0 ? job->model.layer_count : 1;
        serving_terms draft = scaled_terms(serving_layers(job, s, one, 0), SPLAT(1 / layers));
        add_serving_head(job, s, most, &draft);
        add_terms(&t, draft, SPLAT(job->draft_count));
    }
    return scaled_terms(t, SPLAT(job->decode_stretch));
}

// MARK: Memory

typedef struct {
    D weights, cache, activations, total;
    // Cache in the host's memory, and what a device has for the rest.
    D offloaded, room;
} serving_bytes;

// A sequence holds the cache of its whole prompt and answer from the start, so that none is ever
// evicted.
TANGRAM_INLINE serving_bytes serving_memory(
    const tangram_serving_job *job, const serving_lanes *option, D batch
) {
    const tangram_model_table *model = &job->model;
    D one = SPLAT_D(1);
    D inverse_tensor = one / TO_D(option->tensor);
    D pipeline = TO_D(option->pipeline);
    D data = TO_D(option->data);
    D context = TO_D(option->context);
    D layers = SPLAT_D(model->layer_count > 0 ? model->layer_count : 1);
    D stage = min_d(layers, ceil_d(layers / pipeline));
    D share = stage / layers;
    D layer = SPLAT_D(model->cut_parameters) * inverse_tensor + SPLAT_D(model->whole_parameters);
    for (int32_t i = 0; i < model->limited_count; i++) {
        layer = layer
            + SPLAT_D(model->limited[i].count)
                * max_d(inverse_tensor, SPLAT_D(model->limited[i].inverse_shard_limit));
    }
    double both = model->embedding_parameters + (model->is_tied ? 0 : model->head_parameters);
    D ends = SELECT(
        pipeline > one, max_d(SPLAT_D(model->embedding_parameters), SPLAT_D(model->head_parameters)),
        SPLAT_D(both));
    D experts = SPLAT_D(model->expert_parameters * model->layer_count * job->expert_copies) * share
        * inverse_tensor / (data * context);
    D cached = SPLAT_D(0);
    for (int32_t k = 0; k < job->kind_count; k++) {
        cached = cached
            + SPLAT_D(job->kinds[k].layer_count * job->kinds[k].cached_values)
                * max_d(inverse_tensor, SPLAT_D(job->kinds[k].inverse_cache_limit));
    }
    serving_bytes b;
    b.weights = round_d(
        layer * stage * SPLAT_D(job->dense_bytes)
        + experts * SPLAT_D(job->device.experts.weight_bytes)
        + ends * inverse_tensor * SPLAT_D(job->end_bytes)
        + SPLAT_D(job->encoder_bytes) * inverse_tensor);
    D cache = round_d(batch / (data * context) * cached * share * SPLAT_D(job->cache_bytes));
    // The widest tensors of one prefill step: hidden state, residual and a feed-forward block.
    b.activations = round_d(
        SPLAT_D(job->activation_bytes * job->chunk_tokens)
        * (SPLAT_D(job->whole_width) + SPLAT_D(job->widest) * inverse_tensor));
    D fixed = b.weights + b.activations + SPLAT_D(job->device.reserved_bytes);
    b.room = max_d(SPLAT_D(0), SPLAT_D(job->device.available_bytes) - fixed);
    b.offloaded = min_d(SPLAT_D(job->host_cache_bytes), max_d(SPLAT_D(0), cache - b.room));
    b.cache = cache - b.offloaded;
    b.total = fixed + b.cache;
    return b;
}

// MARK: Steady state

typedef struct {
    D batch_limit;
    R prefill_per_request, prompt, prefill_steps, prefill_step, imbalance, encoder;
    // Bytes of a sequence's cache on a device, and bytes that a device has for the cache.
    R sequence_bytes, room_bytes;
} serving_state;

TANGRAM_INLINE serving_state serving_state_of(
    const tangram_serving_job *job, const serving_lanes *option, const serving_sizes *s
) {
    serving_state state;
    D none = SPLAT_D(0);
    D one = SPLAT_D(1);
    D data = TO_D(option->data);
    serving_bytes empty = serving_memory(job, option, none);
    serving_bytes single = serving_memory(job, option, data);
    D available = SPLAT_D(job->device.available_bytes);
    D each = max_d(one, single.cache + single.offloaded);
    // Hybrid and windowed models may cache almost nothing; engines cap the batch then.
    D fit = min_d(
        (available + SPLAT_D(job->host_cache_bytes) - empty.total) / each,
        SPLAT_D(job->group_batch_limit));
    state.batch_limit = SELECT(empty.total < available, floor_d(max_d(none, fit)) * data, none);
    state.sequence_bytes = D_TO_R(each);
    state.room_bytes = D_TO_R(empty.room);
    R layers = SPLAT(job->model.layer_count > 0 ? job->model.layer_count : 1);
    state.imbalance = ceil_r(layers / s->pipeline) * s->pipeline / layers;
    double prompt = job->prompt_tokens > 1 ? job->prompt_tokens : 1;
    double together = job->chunk_tokens / prompt;
    together = together > 1 ? (double)(int64_t)together : 1;
    R steps = prefill_step_count(job, s, SPLAT(1));
    // Images of a prompt are spread over the ranks.
    state.encoder = SPLAT(job->encoder_s) * s->inverse_tensor;
    R host = SPLAT(job->prefill_host_s);
    R alone = total_terms(serving_prefill(job, s, SPLAT(1)));
    R chunk = alone;
    if (together > 1) { chunk = total_terms(serving_prefill(job, s, SPLAT(together))); }
    state.prompt = alone + host + state.encoder;
    state.prefill_step = chunk / steps;
    // Stages work on different chunks at the same time; groups on different prompts.
    R inverse_share = SPLAT(1) / (SPLAT(together) * s->pipeline * s->data);
    state.prefill_steps = steps * inverse_share;
    state.prefill_per_request = chunk * state.imbalance * inverse_share + (host + state.encoder) / s->data;
    return state;
}

typedef struct {
    R rate, step, token, first_token, wait, offload;
} serving_point;

// Seconds in which a decode step of `batch` sequences reads what it needs of the cache in the host's
// memory; layers are fetched while others are computed (FlexGen, arXiv 2303.06865).
TANGRAM_INLINE R serving_fetch_s(
    const tangram_serving_job *job, const serving_sizes *s, const serving_state *state, R batch
) {
    if (!(job->host_cache_bytes > 0)) { return SPLAT(0); }
    R sequences = max_r(SPLAT(1), batch / s->data);
    R cached = sequences * state->sequence_bytes;
    R outside = max_r(SPLAT(0), cached - state->room_bytes) / cached;
    R read = SPLAT(0);
    for (int32_t k = 0; k < job->kind_count; k++) {
        const tangram_serving_kind *kind = &job->kinds[k];
        read = read
            + SPLAT(kind->layer_count * kind->decode.values)
                * max_r(s->inverse_tensor, SPLAT(kind->inverse_cache_limit));
    }
    return outside * read * SPLAT(job->cache_bytes * job->host_byte_cost_s) * s->inverse_context
        * max_r(SPLAT(1), sequences / s->pipeline);
}

// A decode step: the device, or the host where it prepares the sequences of the next step more
// slowly, and what of the host always shows. Groups have hosts of their own.
TANGRAM_INLINE R serving_step_s(
    const tangram_serving_job *job, const serving_sizes *s, serving_terms terms, R imbalance,
    R batch
) {
    R device = total_terms(terms) * imbalance;
    R host = batch / s->data * SPLAT(job->sequence_host_s);
    return max_r(device, host) + SPLAT(job->step_host_s) * s->pipeline;
}

TANGRAM_INLINE serving_point serving_point_of(
    const tangram_serving_job *job, const serving_sizes *s, const serving_state *state, R batch
) {
    // A queue that is always busy would be endless; this keeps times finite.
    const double fullest_queue = 0.999999;
    // Prefill gives the first token. An answer of one token is costed as one of two, so that a
    // batch always means something.
    double tokens = job->output_tokens > 2 ? job->output_tokens - 1 : 1;
    double steps = tokens / job->accepted_tokens;
    steps = steps > 1 ? steps : 1;
    serving_point p;
    // Each stage works on its share of the sequences while the others work on theirs; a token
    // returns to the first stage when the fullest stage has passed all others by.
    serving_terms terms = serving_decode(job, s, batch / s->pipeline);
    p.step = serving_step_s(job, s, terms, state->imbalance, batch);
    p.offload = max_r(SPLAT(0), serving_fetch_s(job, s, state, batch) - p.step);
    p.step = p.step + p.offload;
    R prefill = batch * state->prefill_per_request;
    if (job->rides > 0) {
        // A decode step that a prefill step takes along costs its attention and its tokens at the
        // price of prefill tokens, instead of a pass of its own.
        R own = batch / (s->pipeline * s->data) * SPLAT(job->verified_tokens / job->chunk_tokens);
        R carried = terms.attention + own * state->prefill_step;
        R saved = max_r(SPLAT(0), p.step - carried) * SPLAT(job->rides);
        prefill = max_r(
            SPLAT(0), prefill - saved * min_r(SPLAT(steps), batch * state->prefill_steps));
    }
    p.rate = batch / (SPLAT(steps) * p.step + prefill);
    R busy = min_r(p.rate * state->prefill_per_request, SPLAT(fullest_queue));
    // A prompt waits for those before it, and for the rest of the step that is running.
    p.wait = busy * state->prompt / (SPLAT(2) * (SPLAT(1) - busy))
        + p.step / (SPLAT(2) * s->pipeline) + SPLAT(job->request_host_s);
    p.token = (SPLAT(steps) * p.step + prefill) * SPLAT(1 / tokens);
    p.first_token = state->prompt + p.wait;
    return p;
}
