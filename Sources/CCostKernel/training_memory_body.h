// Bytes of the fullest device, counted in double: whole and exact at every level.

// The same sizes as doubles, and what follows from them.
typedef struct {
    D inverse_tensor, pipeline, virtual_stages, inverse_expert_ranks;
    // Ranks that hold the same weights outside of experts, and the same experts.
    D inverse_replicas, inverse_expert_replicas;
    // Micro-batches of one replica in one step.
    D micro_batches;
    // Tokens of one micro-batch on one rank of a sequence-sharded block, and outside of one.
    D shard_tokens, tokens;
    // Tokens of one micro-batch whose keys and values a rank gathers.
    D gathered_tokens;
    // Copies of each stage, 2 in a bidirectional pipeline, and one over them.
    D copies, inverse_copies;
} training_counts;

// Layers of the stages before the last, and of the last.
typedef struct {
    D others, last;
} stage_split;

// Stages before the last hold the same number of layers in every virtual stage: enough for what the
// last one does not take.
TANGRAM_INLINE stage_split split_layers(D layers, D stages, D virtual_stages, D given) {
    D one = SPLAT_D(1);
    D none = SPLAT_D(0);
    D before = max_d(stages - one, one);
    // Without a given split all stages take as many, and the last what is left.
    D even = ceil_d(layers / stages / virtual_stages) * virtual_stages;
    D last = SELECT(given >= none, given, max_d(none, layers - before * even));
    D others = ceil_d(max_d(none, layers - last) / before / virtual_stages) * virtual_stages;
    stage_split split;
    split.others = SELECT(stages > one, others, none);
    split.last = SELECT(stages > one, last, layers);
    return split;
}

// What one device holds: layers, and 1 or 0 of the embedding and of the head.
typedef struct {
    D layers, embedding, head;
} device_content;

// Parameters of a device before any sharding by data parallelism.
typedef struct {
    D dense, experts;
} parameters;

TANGRAM_INLINE parameters resident_parameters(
    const tangram_model_table *model, const training_counts *counts, device_content content
) {
    D layer = SPLAT_D(model->cut_parameters) * counts->inverse_tensor
        + SPLAT_D(model->whole_parameters);
    for (int32_t i = 0; i < model->limited_count; i++) {
        layer = layer
            + SPLAT_D(model->limited[i].count)
                * max_d(counts->inverse_tensor, SPLAT_D(model->limited[i].inverse_shard_limit));
    }
    // A last stage apart from the first needs its own copy of a tied embedding.
    D head = model->is_tied ? content.head * (SPLAT_D(1) - content.embedding) : content.head;
    D ends = content.embedding * SPLAT_D(model->embedding_parameters)
        + head * SPLAT_D(model->head_parameters);
    parameters p = {
        layer * content.layers + ends * counts->inverse_tensor,
        SPLAT_D(model->expert_layer_parameters)
            * max_d(
                SPLAT_D(0),
                content.layers - content.embedding * SPLAT_D(model->leading_layers))
            * counts->inverse_expert_ranks,
    };
    return p;
}

TANGRAM_INLINE parameters trained_parameters(
    const tangram_training_job *job, const training_counts *counts, device_content content
) {
    if (!job->is_frozen) { return resident_parameters(&job->model, counts, content); }
    parameters p = {
        SPLAT_D(job->adapter_parameters / (job->model.layer_count > 0 ? job->model.layer_count : 1))
            * content.layers * counts->inverse_tensor,
        SPLAT_D(0),
    };
    return p;
}

typedef struct {
    D weights, gradients, optimizer, activations, total;
} device_memory;

TANGRAM_INLINE device_memory memory_of(
    const tangram_training_job *job, const training_counts *counts, I zero, I recompute, D in_flight,
    device_content content
) {
    const tangram_model_table *model = &job->model;
    parameters resident = resident_parameters(model, counts, content);
    parameters trained = trained_parameters(job, counts, content);
    D all = resident.dense + resident.experts;
    D all_trained = trained.dense + trained.experts;
    D shard = resident.dense * counts->inverse_replicas
        + resident.experts * counts->inverse_expert_replicas;
    D trained_shard = trained.dense * counts->inverse_replicas
        + trained.experts * counts->inverse_expert_replicas;
    // The layer in use and the one being gathered, or the head, are whole; so are the gradients of
    // the layer just left.
    D inverse_layers = SPLAT_D(1) / max_d(SPLAT_D(1), content.layers);
    D layer = all * inverse_layers;
    D head = SPLAT_D(model->head_parameters) * counts->inverse_tensor;
    D weight_bytes = SPLAT_D(job->weight_bytes + job->device.copy_bytes);
    D adapter_bytes = SPLAT_D(job->is_frozen ? job->weight_bytes : 0);
    D z = TO_D(zero);
    D weights = SELECT(
        z >= SPLAT_D(3),
        weight_bytes * (shard + layer + max_d(layer, head)) + adapter_bytes * trained_shard,
        weight_bytes * all + adapter_bytes * all_trained);
    D gradients = SPLAT_D(job->gradient_bytes)
        * SELECT(
              z >= SPLAT_D(2), trained_shard + all_trained * inverse_layers, all_trained);
    D optimizer = SPLAT_D(job->optimizer_bytes)
        * SELECT(z >= SPLAT_D(1), trained_shard, all_trained) * counts->inverse_copies;

    // Micro-batches in flight keep their activations, one layer's recomputation brings some back,
    // and the logits come in 16 and 32 bits.
    D r = TO_D(recompute);
    D per_token = SPLAT_D(job->activation_bytes) * counts->shard_tokens;
    D kept = SELECT(
        r >= SPLAT_D(2), SPLAT_D(model->kept_elements[2]),
        SELECT(r >= SPLAT_D(1), SPLAT_D(model->kept_elements[1]), SPLAT_D(model->kept_elements[0])));
    D rebuilt = SELECT(
        r >= SPLAT_D(2), SPLAT_D(model->kept_elements[0]),
        SPLAT_D(model->kept_elements[0]) - kept);
    D gathered = SPLAT_D(job->activation_bytes * model->gathered_elements)
        * counts->gathered_tokens
        * max_d(counts->inverse_tensor, SPLAT_D(model->inverse_gather_limit));
    D logits = counts->tokens * counts->inverse_tensor
        * SPLAT_D(job->logit_bytes * (1 + model->prediction_count) * model->vocabulary);
    // Without sequence parallelism a rank keeps what it does not cut for all tokens.
    D whole = SPLAT_D(job->activation_bytes * job->unsharded_elements)
        * (counts->tokens - counts->shard_tokens);
    whole = SELECT(r >= SPLAT_D(2), SPLAT_D(0), whole);
    D activations = whole * content.layers * counts->inverse_copies * in_flight
        + per_token * kept * content.layers * counts->inverse_copies * in_flight
        + per_token * rebuilt + gathered + content.head * logits;

    device_memory memory;
    memory.weights = round_d(weights);
    memory.gradients = round_d(gradients);
    memory.optimizer = round_d(optimizer);
    memory.activations = round_d(activations);
    memory.total = memory.weights + memory.gradients + memory.optimizer + memory.activations
        + SPLAT_D(job->device.reserved_bytes);
    return memory;
}

TANGRAM_INLINE device_memory fuller(device_memory a, device_memory b) {
    device_memory m = {
        SELECT(b.total > a.total, b.weights, a.weights),
        SELECT(b.total > a.total, b.gradients, a.gradients),
        SELECT(b.total > a.total, b.optimizer, a.optimizer),
        SELECT(b.total > a.total, b.activations, a.activations),
        max_d(a.total, b.total),
    };
    return m;
}
