// One optimizer step: pipeline, what data parallelism leaves exposed, and the optimizer.

// Numbers of options.
typedef struct {
    I tensor, pipeline, virtual_stages, context, data, expert, expert_tensor, zero, micro_batch;
    I recompute, schedule, exchange, last_layers, shard;
} training_lanes;

typedef struct {
    device_memory memory;
    R step;
    R matrix, experts, attention, elementwise, recomputed, tensor, context, expert, pipeline;
    R bubble, data, optimizer, host;
    R flop;
    // DualPipe's phases: forward, backward and weight gradients alone, forward beside backward.
    R dual_forward, dual_backward, dual_weight, dual_both;
    // Joules of all devices.
    R energy;
    stage_split split;
} training_result;

// What stays of a collective that hides behind a share of `work`: the part that has nothing to hide
// behind, or what exceeds the work.
TANGRAM_INLINE R exposed_of(R collective, R work, R share) {
    return max_r(collective * (SPLAT(1) - share), collective - work * share);
}

// All-to-all behind the computation of the other direction, or of another micro-batch: computation
// is slowed by the multiprocessors given away, and only what exceeds it stays exposed. Collectives
// of tensor parallelism hide behind the multiplications they belong to.
TANGRAM_INLINE pass_cost overlapped(const tangram_training_job *job, pass_cost pass, R is_dual) {
    R slow = SELECT(is_dual > SPLAT(0), SPLAT(job->overlap_slowdown), SPLAT(1));
    pass.matrix = pass.matrix * slow;
    pass.experts = pass.experts * slow;
    pass.attention = pass.attention * slow;
    R share = SELECT(is_dual > SPLAT(0), SPLAT(1), SPLAT(job->exchange_overlap));
    pass.expert = exposed_of(pass.expert, compute_of(pass), share);
    pass.tensor = exposed_of(pass.tensor, pass.matrix, SPLAT(job->tensor_overlap));
    return pass;
}

// A layer's passes as a schedule runs them.
typedef struct {
    pass_cost forward, backward;
    R recompute;
    // What the host still needs to launch a pass when the device has done it.
    R forward_wait, backward_wait;
} passes;

// Full recomputation repeats the forward pass with its collectives.
TANGRAM_INLINE passes passes_of(
    const tangram_training_job *job, const layer_cost *layer, I recompute, I schedule
) {
    R none = SPLAT(0);
    R is_dual = SELECT(schedule == TANGRAM_SCHEDULE_DUALPIPE, SPLAT(1), none);
    pass_cost again = overlapped(job, layer->forward, none);
    R whole = total_of(again);
    whole = SELECT(is_dual > none, whole - again.expert, whole);
    R repeated = SELECT(recompute == TANGRAM_RECOMPUTE_SELECTIVE, layer->repeated, none);
    passes pass;
    pass.forward = overlapped(job, layer->forward, is_dual);
    pass.backward = overlapped(job, layer->backward, is_dual);
    // Kernels are launched one by one: a layer takes no less than the host does, and collectives
    // are launched behind. The backward pass has twice the kernels.
    R host = SPLAT(job->host_layer_s);
    pass.forward_wait = max_r(none, host - compute_of(pass.forward));
    pass.backward_wait = max_r(none, SPLAT(2) * host - compute_of(pass.backward));
    pass.recompute = SELECT(
        recompute == TANGRAM_RECOMPUTE_FULL, whole + pass.forward_wait, repeated);
    return pass;
}

TANGRAM_INLINE training_sizes sizes_of(
    const tangram_training_job *job, const training_lanes *option
) {
    training_sizes sizes;
    sizes.tensor = TO_R(option->tensor);
    sizes.inverse_tensor = SPLAT(1) / sizes.tensor;
    sizes.context = TO_R(option->context);
    sizes.pipeline = TO_R(option->pipeline);
    sizes.virtual_stages = TO_R(option->virtual_stages);
    sizes.data = TO_R(option->data);
    sizes.expert = TO_R(option->expert);
    sizes.expert_tensor = TO_R(option->expert_tensor);
    sizes.micro_batch = TO_R(option->micro_batch);
    sizes.tokens = SPLAT(job->sequence_length) * sizes.micro_batch / sizes.context;
    sizes.inverse_tokens = SPLAT(1) / sizes.tokens;
    sizes.shard_tokens = sizes.tokens * sizes.inverse_tensor;
    sizes.blocks_share = sizes.tensor * sizes.context / sizes.micro_batch;
    return sizes;
}

// Every operator of an average layer, and those of the head.
typedef struct {
    layer_cost layer, head;
} layer_costs;

TANGRAM_INLINE layer_costs layer_costs_of(
    const tangram_training_job *job, const training_sizes *sizes, I exchange
) {
    rank_group tensors = group_of(&job->network, sizes->tensor, SPLAT(1));
    link_cost gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, tensors);
    link_cost scatter = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, tensors);
    layer_costs costs = {
        average_layer(job, sizes, exchange, gather, scatter), head_layer(job, sizes, gather, scatter)};
    return costs;
}

// Micro-batches whose activations the device of `stage`, from 0, keeps at once.
//
// 1F1B keeps p − s on stage s; interleaving (v−1)·p + 2·(p−s) − 1 parts of 1/v (Narayanan et al.,
// arXiv 2104.04473, §2.2, and Megatron-LM's warm-up count); GPipe all of them; ZB-H1 and ZB-V p
// everywhere (Qi et al., arXiv 2401.10241 and 2405.15362); DualPipe p + 1 everywhere (arXiv
// 2412.19437, Table 2).
TANGRAM_INLINE D in_flight_micro_batches(const training_counts *counts, D schedule, D stage) {
    D stages = counts->pipeline;
    D parts = counts->virtual_stages;
    D one = SPLAT_D(1);
    D after = stages - stage;
    D warm_up = (parts - one) * stages + SPLAT_D(2) * after - one;
    D count = SELECT(parts > one, warm_up / parts, after);
    count = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_GPIPE), counts->micro_batches, count);
    count = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_ZB_H1), stages, count);
    count = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_ZB_V), stages, count);
    D both = min_d(SPLAT_D(2) * counts->micro_batches, stages + one);
    return SELECT(
        schedule == SPLAT_D(TANGRAM_SCHEDULE_DUALPIPE), both, min_d(counts->micro_batches, count));
}

// The two devices that may be the fullest: of the first stage and of the last; in a V-shaped
// pipeline the first device holds both ends, in a bidirectional one a device holds a stage of
// either direction.
TANGRAM_INLINE void device_contents(
    const tangram_model_table *model, D stages, D schedule, stage_split split,
    device_content *first, device_content *other
) {
    D one = SPLAT_D(1);
    D none = SPLAT_D(0);
    D alone = SELECT(stages > one, none, one);
    D is_dual = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_DUALPIPE), one, none);
    D is_bent = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_ZB_V), one, none);
    D has_both = max_d(alone, max_d(is_dual, is_bent));
    first->layers = SELECT(is_dual > none, split.others + split.last, split.others);
    first->layers = SELECT(max_d(alone, is_bent) > none, split.last, first->layers);
    first->embedding = one;
    first->head = has_both;
    other->layers = SELECT(is_dual > none, SPLAT_D(2) * split.others, split.last);
    other->layers = SELECT(is_bent > none, split.others, other->layers);
    // A prediction layer embeds the next token beside the head.
    other->embedding = SELECT(
        max_d(is_dual, is_bent) > none, none, SPLAT_D(model->prediction_count > 0 ? 1 : 0));
    other->head = SELECT(max_d(is_dual, is_bent) > none, none, one);
    // Without a pipeline there is one kind of device.
    other->layers = SELECT(alone > none, first->layers, other->layers);
    other->embedding = SELECT(alone > none, one, other->embedding);
    other->head = SELECT(alone > none, one, other->head);
}

TANGRAM_INLINE D whole_floor(D numerator, D denominator) { return floor_d(numerator / denominator); }

TANGRAM_INLINE training_counts counts_of(
    const tangram_training_job *job, const training_lanes *option
) {
    D one = SPLAT_D(1);
    D tensor = TO_D(option->tensor);
    D context = TO_D(option->context);
    D data = TO_D(option->data);
    D experts = TO_D(option->expert) * TO_D(option->expert_tensor);
    D micro_batch = TO_D(option->micro_batch);
    D is_dual = SELECT(
        TO_D(option->schedule) == SPLAT_D(TANGRAM_SCHEDULE_DUALPIPE), one, SPLAT_D(0));
    training_counts c;
    c.inverse_tensor = one / tensor;
    c.pipeline = TO_D(option->pipeline);
    c.virtual_stages = TO_D(option->virtual_stages);
    c.inverse_expert_ranks = one / experts;
    // Ranks that states are sharded over: all, or as many as stated.
    D shard = SELECT(TO_D(option->shard) > SPLAT_D(0), TO_D(option->shard), data * context);
    c.inverse_replicas = one / shard;
    c.inverse_expert_replicas = one / max_d(one, whole_floor(tensor * shard, experts));
    c.micro_batches = max_d(one, whole_floor(SPLAT_D(job->batch), data * micro_batch));
    c.tokens = SPLAT_D(job->sequence_length) * micro_batch / context;
    c.shard_tokens = c.tokens * c.inverse_tensor;
    D gathers = SELECT(
        TO_D(option->exchange) == SPLAT_D(TANGRAM_CONTEXT_ALL_GATHER),
        SPLAT_D(job->sequence_length) * micro_batch, SPLAT_D(0));
    c.gathered_tokens = SELECT(context > one, gathers, SPLAT_D(0));
    c.copies = one + is_dual;
    c.inverse_copies = one - SPLAT_D(0.5) * is_dual;
    return c;
}

TANGRAM_INLINE stage_split split_of(
    const tangram_training_job *job, const training_lanes *option, const training_counts *counts
) {
    return split_layers(
        SPLAT_D(job->model.layer_count), counts->pipeline, counts->virtual_stages,
        TO_D(option->last_layers));
}

TANGRAM_INLINE device_memory training_memory(
    const tangram_training_job *job, const training_lanes *option, const training_counts *counts,
    stage_split split
) {
    D schedule = TO_D(option->schedule);
    device_content first, other;
    device_contents(&job->model, counts->pipeline, schedule, split, &first, &other);
    D one = SPLAT_D(1);
    D none = SPLAT_D(0);
    device_memory a = memory_of(
        job, counts, option->zero, option->recompute,
        in_flight_micro_batches(counts, schedule, none), first);
    device_memory b = memory_of(
        job, counts, option->zero, option->recompute,
        in_flight_micro_batches(counts, schedule, counts->pipeline - one), other);
    device_memory most = fuller(a, b);
    if (job->model.leading_layers > 0) {
        // Layers without experts are on the first stage: the second holds more experts and keeps all
        // but one of the first one's micro-batches. Elsewhere it is the first once more.
        D second = SELECT(counts->pipeline > SPLAT_D(2), one, none);
        second = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_ZB_V), none, second);
        second = SELECT(schedule == SPLAT_D(TANGRAM_SCHEDULE_DUALPIPE), none, second);
        device_content held = {
            SELECT(second > none, split.others, first.layers),
            SELECT(second > none, none, first.embedding),
            SELECT(second > none, none, first.head),
        };
        D flight = in_flight_micro_batches(counts, schedule, second);
        most = fuller(
            most, memory_of(job, counts, option->zero, option->recompute, flight, held));
    }
    return most;
}

// Gradients and weights of one device over the ranks that hold the same ones.
TANGRAM_INLINE R sharing_s(link_cost dense, link_cost experts, R bytes, parameters p, int has_experts) {
    R time = seconds(dense, bytes * D_TO_R(p.dense));
    if (has_experts) { time = time + seconds(experts, bytes * D_TO_R(p.experts)); }
    return time;
}

// Costs options whose layers are costed.
TANGRAM_INLINE training_result step_with(
    const tangram_training_job *job, const training_lanes *option, const layer_costs *costs
) {
    const tangram_model_table *model = &job->model;
    R one = SPLAT(1);
    R none = SPLAT(0);
    training_result result;
    training_counts counts = counts_of(job, option);
    stage_split split = split_of(job, option, &counts);
    result.split = split;
    result.memory = training_memory(job, option, &counts, split);
    training_sizes sizes = sizes_of(job, option);
    layer_cost layer = costs->layer;
    layer_cost head = costs->head;
    passes pass = passes_of(job, &layer, option->recompute, option->schedule);
    pass_cost forward = pass.forward;
    pass_cost backward = pass.backward;
    R recompute = pass.recompute;
    R forward_time = total_of(forward) + pass.forward_wait;
    R backward_time = total_of(backward) + pass.backward_wait;
    R layer_time = forward_time + backward_time + recompute;
    R head_time = total_of(head.forward) + total_of(head.backward);

    R stage_ranks = sizes.tensor * sizes.context * sizes.data;
    R has_pipeline = SELECT(sizes.pipeline > one, one, none);
    R send = SPLAT(2) * sizes.virtual_stages
        * seconds(
              send_cost(&job->network, stage_ranks),
              sizes.shard_tokens * SPLAT(job->activation_bytes * model->hidden));
    send = SELECT(has_pipeline > none, send, none);

    R layers = SPLAT(model->layer_count);
    R micro_batches = D_TO_R(counts.micro_batches);
    R others_time = D_TO_R(split.others) * layer_time + send;
    R last_time = D_TO_R(split.last) * layer_time + head_time + send;
    R slow_layers =
        SELECT(others_time >= last_time, D_TO_R(split.others), D_TO_R(split.last));
    slow_layers = SELECT(has_pipeline > none, slow_layers, layers);
    R slowest = SELECT(has_pipeline > none, max_r(others_time, last_time), last_time);
    // Where a device holds a stage of either direction, the last one shares it with the first.
    R is_dual = SELECT(option->schedule == TANGRAM_SCHEDULE_DUALPIPE, one, none);
    R shared_time = max_r(others_time, (others_time + last_time) * SPLAT(0.5));
    slowest = SELECT(is_dual > none, shared_time, slowest);
    slow_layers = SELECT(is_dual > none, D_TO_R(split.others), slow_layers);
    // All stages once: layers are rounded up per stage, but there are only so many.
    R sum = layers * layer_time + head_time + sizes.pipeline * send;
    R fill = max_r(none, sum - slowest) / sizes.virtual_stages;
    // Weight gradients fill the bubble: (p−1)(F + B − 2W) with B the whole backward pass in ZB-H1
    // (arXiv 2412.19437, Table 2, "ZB1P"), one W less in ZB-V.
    R postponed = (layers - slow_layers) * layer.weight_gradient;
    R schedule_h1 = max_r(none, sum - slowest - SPLAT(2) * postponed);
    R schedule_v = max_r(none, sum - slowest - SPLAT(3) * postponed);
    // DualPipe runs a forward pass beside a backward pass of the other direction, but a rank of the
    // middle fills and drains with (5p/2 − 1)/2 of either alone (the schedule that DeepSeek
    // published with it, averaged over ranks), whose all-to-alls hide behind nothing. Its bubble is
    // (p/2 − 1)(F&B + B − 3W) (arXiv 2412.19437, Table 2).
    pass_cost lone_forward = overlapped(job, layer.forward, none);
    pass_cost lone_backward = overlapped(job, layer.backward, none);
    R half = sizes.pipeline * SPLAT(0.5);
    R alone = min_r(micro_batches, max_r(none, SPLAT(2.5) * half - SPLAT(0.5)));
    R dual_forward = slow_layers * total_of(lone_forward);
    R dual_backward = slow_layers * (total_of(lone_backward) + recompute);
    R dual_weight = slow_layers * layer.weight_gradient;
    R schedule_dual = alone * max_r(none, dual_forward + dual_backward - others_time)
        + max_r(none, half - one)
            * max_r(none, slowest + dual_backward - SPLAT(3) * dual_weight);
    fill = SELECT(option->schedule == TANGRAM_SCHEDULE_ZB_H1, schedule_h1, fill);
    fill = SELECT(option->schedule == TANGRAM_SCHEDULE_ZB_V, schedule_v, fill);
    fill = SELECT(option->schedule == TANGRAM_SCHEDULE_DUALPIPE, schedule_dual, fill);
    R pipeline_time = micro_batches * slowest + fill;

    // Data parallelism. The device with the most trained parameters sets the pace.
    D schedule = TO_D(option->schedule);
    device_content first, other;
    device_contents(model, counts.pipeline, schedule, split, &first, &other);
    parameters trained = trained_parameters(job, &counts, first);
    parameters resident = resident_parameters(model, &counts, first);
    parameters other_trained = trained_parameters(job, &counts, other);
    parameters other_resident = resident_parameters(model, &counts, other);
    D is_other = SELECT(
        other_trained.dense + other_trained.experts > trained.dense + trained.experts, SPLAT_D(1),
        SPLAT_D(0));
    trained.dense = SELECT(is_other > SPLAT_D(0), other_trained.dense, trained.dense);
    trained.experts = SELECT(is_other > SPLAT_D(0), other_trained.experts, trained.experts);
    resident.dense = SELECT(is_other > SPLAT_D(0), other_resident.dense, resident.dense);
    resident.experts = SELECT(is_other > SPLAT_D(0), other_resident.experts, resident.experts);
    D content_layers = SELECT(is_other > SPLAT_D(0), other.layers, first.layers);

    // Ranks that hold the same weights; a bidirectional pipeline mirrors a stage on another one.
    R copies = D_TO_R(counts.copies);
    R replicas = sizes.context * sizes.data;
    R sharded = SELECT(TO_R(option->shard) > none, TO_R(option->shard), replicas);
    rank_group dense_group = group_of(
        &job->network, copies * sharded, SELECT(sharded > one, sizes.tensor, stage_ranks));
    link_cost dense_gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, dense_group);
    link_cost dense_scatter = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, dense_group);
    int has_experts = model->expert_parameters > 0;
    link_cost expert_gather = dense_gather, expert_scatter = dense_scatter;
    if (has_experts) {
        R expert_stride = sizes.expert * sizes.expert_tensor;
        R expert_replicas = max_r(one, floor_r(sizes.tensor * sharded / expert_stride));
        rank_group expert_group = group_of(
            &job->network, copies * expert_replicas,
            SELECT(expert_replicas > one, expert_stride, stage_ranks));
        expert_gather = gather_cost(&job->network, TANGRAM_ALL_GATHER, expert_group);
        expert_scatter = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, expert_group);
    }
    int trains_experts = has_experts && !job->is_frozen;

    R backward_stage = slow_layers * (backward_time + recompute);
    R forward_stage = slow_layers * forward_time;
    // Gradients leave during the last backward pass, weights return during the first forward pass;
    // the last bucket of either has nothing to hide behind.
    R scatter_all = sharing_s(
        dense_scatter, expert_scatter, SPLAT(job->sent_gradient_bytes), trained, trains_experts);
    R gather_all = sharing_s(
        dense_gather, expert_gather, SPLAT(job->sent_weight_bytes), trained, trains_experts);
    // Shards that are copied: what was scattered inside a group is reduced over the groups.
    R between = none;
    R groups = replicas / sharded;
    if (any_of(groups > one)) {
        rank_group copied = group_of(&job->network, groups, sizes.tensor * sharded);
        link_cost out = gather_cost(&job->network, TANGRAM_REDUCE_SCATTER, copied);
        link_cost back = gather_cost(&job->network, TANGRAM_ALL_GATHER, copied);
        R bytes = SPLAT(job->sent_gradient_bytes)
            * D_TO_R(
                  trained.dense * counts.inverse_replicas
                  + trained.experts * counts.inverse_expert_replicas);
        between = SELECT(groups > one, seconds(out, bytes) + seconds(back, bytes), none);
        scatter_all = scatter_all + between;
    }
    R hiding = SPLAT(job->gradient_overlap) * (one - one / max_r(one, slow_layers));
    // All-to-alls of both directions fill the fabric that they would hide on.
    hiding = SELECT(is_dual > none, SELECT(sizes.expert > one, none, hiding), hiding);
    R bucket = one - hiding;
    R gradients_exposed = max_r(scatter_all * bucket, scatter_all - backward_stage * hiding);
    R weights_exposed = max_r(gather_all * bucket, gather_all - forward_stage * hiding);
    R exposed = gradients_exposed + weights_exposed;
    R sent = scatter_all + gather_all;
    if (any_of(option->zero < 1)) {
        // Without a sharded optimizer gradients are gathered instead of weights.
        R regather = sharing_s(
            dense_gather, expert_gather, SPLAT(job->sent_gradient_bytes), trained, trains_experts);
        R reduced = scatter_all + regather;
        R exposed_plain = max_r(reduced * bucket, reduced - backward_stage * hiding);
        exposed = SELECT(option->zero >= 1, exposed, exposed_plain);
        sent = SELECT(option->zero >= 1, sent, reduced);
    }
    // ZeRO-2 keeps a shard of the gradients only, so that they leave after every micro-batch.
    R exposed_2 = micro_batches * gradients_exposed + weights_exposed;
    exposed = SELECT(option->zero >= 2, exposed_2, exposed);
    sent = SELECT(option->zero >= 2, micro_batches * scatter_all + gather_all, sent);
    if (any_of(option->zero >= 3)) {
        // ZeRO-3: layer by layer, weights are gathered for the forward and the backward pass of
        // every micro-batch and gradients scattered after it, behind the computation of another
        // layer; the first gather has nothing to hide behind.
        R pieces = max_r(one, D_TO_R(content_layers));
        R inverse_pieces = one / pieces;
        R slowed = pieces * SPLAT(job->gather_slowdown);
        R gather_3 = slowed
            * sharing_s(
                  dense_gather, expert_gather, SPLAT(job->sent_weight_bytes) * inverse_pieces, resident,
                  has_experts);
        R scatter_3 = slowed
            * sharing_s(
                  dense_scatter, expert_scatter, SPLAT(job->sent_gradient_bytes) * inverse_pieces,
                  trained, trains_experts);
        R exposed_3 = micro_batches
            * (gather_3 * inverse_pieces
                + max_r(none, gather_3 - SPLAT(job->gradient_overlap) * forward_stage)
                + max_r(
                    none, gather_3 + scatter_3 - SPLAT(job->gradient_overlap) * backward_stage));
        // Shards meet their copies once, behind what the last backward pass does not hide already.
        R left = max_r(
            none, SPLAT(job->gradient_overlap) * backward_stage - gather_3 - scatter_3);
        exposed_3 = exposed_3
            + max_r(between * (one - SPLAT(job->gradient_overlap)), between - left);
        exposed = SELECT(option->zero >= 3, exposed_3, exposed);
        sent = SELECT(
            option->zero >= 3, micro_batches * (gather_3 + gather_3 + scatter_3), sent);
    }
    // What is hidden runs on multiprocessors that the computation then lacks.
    exposed = exposed + max_r(none, sent - exposed) * SPLAT(job->collective_share);

    // The optimizer updates a shard where it is sharded.
    D updated = SELECT(
        TO_D(option->zero) >= SPLAT_D(1),
        trained.dense * counts.inverse_replicas + trained.experts * counts.inverse_expert_replicas,
        trained.dense + trained.experts);
    R optimizer = stream_s(
        &job->device, D_TO_R(updated * counts.inverse_copies) * SPLAT(job->update_bytes), 1);

    result.step = pipeline_time + exposed + optimizer;
    // Weight gradients that are postponed, on an average rank: (3p/2 − 1)/2.
    R postponed_count = is_dual * min_r(alone, max_r(none, SPLAT(1.5) * half - SPLAT(0.5)));
    R alone_count = is_dual * alone;
    // An average stage: layers and heads over all of them.
    R stage_layers = layers / sizes.pipeline;
    R stage_head = one / sizes.pipeline;
    result.dual_weight = postponed_count * stage_layers * layer.weight_gradient;
    result.dual_forward = alone_count
        * (stage_layers * total_of(lone_forward) + stage_head * total_of(head.forward));
    result.dual_backward = alone_count
            * (stage_layers * (total_of(lone_backward) + recompute)
                + stage_head * total_of(head.backward))
        - result.dual_weight;
    result.dual_both = (is_dual * micro_batches - alone_count)
        * (stage_layers * layer_time + stage_head * head_time);
    result.data = exposed;
    result.optimizer = optimizer;
    // An average device works for micro-batches × average stage; the rest of the time it waits.
    R per_head = micro_batches / sizes.pipeline;
    R per_layer = per_head * layers;
    result.matrix = (forward.matrix + backward.matrix) * per_layer
        + (head.forward.matrix + head.backward.matrix) * per_head;
    result.experts = (forward.experts + backward.experts) * per_layer;
    result.attention = (forward.attention + backward.attention) * per_layer;
    result.elementwise = (forward.elementwise + backward.elementwise) * per_layer
        + (head.forward.elementwise + head.backward.elementwise) * per_head;
    result.tensor = (forward.tensor + backward.tensor) * per_layer
        + (head.forward.tensor + head.backward.tensor) * per_head;
    result.context = (forward.context + backward.context) * per_layer;
    result.expert = (forward.expert + backward.expert) * per_layer;
    result.pipeline = micro_batches * send;
    result.recomputed = recompute * per_layer;
    result.host = (pass.forward_wait + pass.backward_wait) * per_layer;
    R busy = result.host + result.matrix + result.experts + result.attention + result.elementwise
        + result.tensor + result.context + result.expert + result.pipeline + result.recomputed;
    result.bubble = max_r(none, pipeline_time - busy);
    R repeated_flop = SELECT(
        option->recompute == TANGRAM_RECOMPUTE_FULL, layer.forward.flop, none);
    result.flop = (layer.forward.flop + layer.backward.flop + repeated_flop) * per_layer
        + (head.forward.flop + head.backward.flop) * per_head;
    R computing = result.matrix + result.experts + result.attention + result.recomputed;
    R waiting = result.host + result.bubble;
    R moving = result.step - computing - waiting;
    result.energy = stage_ranks * sizes.pipeline
        * (computing * SPLAT(job->computing_w) + moving * SPLAT(job->moving_w)
            + waiting * SPLAT(job->waiting_w));
    return result;
}

// Costs options; every operator of each.
TANGRAM_INLINE training_result training_step(
    const tangram_training_job *job, const training_lanes *option
) {
    training_sizes sizes = sizes_of(job, option);
    layer_costs costs = layer_costs_of(job, &sizes, option->exchange);
    return step_with(job, option, &costs);
}
