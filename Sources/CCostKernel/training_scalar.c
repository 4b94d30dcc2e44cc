#include "include/training.h"

#include "lanes_scalar.h"
#include "training_body.h"
#include "training_key.h"

static training_lanes lanes_of(const tangram_training_option *option) {
    const training_lanes lanes = {
        .tensor = option->tensor,
        .pipeline = option->pipeline,
        .virtual_stages = option->virtual_stages,
        .context = option->context,
        .data = option->data,
        .expert = option->expert,
        .expert_tensor = option->expert_tensor,
        .zero = option->zero,
        .micro_batch = option->micro_batch,
        .recompute = option->recompute,
        .schedule = option->schedule,
        .exchange = option->exchange,
        .last_layers = option->last_layers,
        .shard = option->shard,
    };
    return lanes;
}

void tangram_training_cost_of(
    const tangram_training_job *job, const tangram_training_option *option,
    tangram_training_cost *cost
) {
    const training_lanes lanes = lanes_of(option);
    training_result r = training_step(job, &lanes);
    *cost = (tangram_training_cost){
        .step_s = r.step,
        .matrix_s = r.matrix,
        .experts_s = r.experts,
        .attention_s = r.attention,
        .elementwise_s = r.elementwise,
        .recompute_s = r.recomputed,
        .tensor_s = r.tensor,
        .context_s = r.context,
        .expert_s = r.expert,
        .pipeline_s = r.pipeline,
        .bubble_s = r.bubble,
        .data_s = r.data,
        .optimizer_s = r.optimizer,
        .host_s = r.host,
        .total_bytes = r.memory.total,
        .weight_bytes = r.memory.weights,
        .gradient_bytes = r.memory.gradients,
        .optimizer_bytes = r.memory.optimizer,
        .activation_bytes = r.memory.activations,
        .reserved_bytes = job->device.reserved_bytes,
        .dual_forward_s = r.dual_forward,
        .dual_backward_s = r.dual_backward,
        .dual_weight_s = r.dual_weight,
        .dual_both_s = r.dual_both,
        .flop = r.flop,
        .energy_j = r.energy,
        .other_layers = r.split.others,
        .last_layers = r.split.last,
    };
}

tangram_training_key tangram_training_key_of(
    const tangram_training_job *job, const tangram_training_option *option
) {
    const training_lanes lanes = lanes_of(option);
    const training_sizes sizes = sizes_of(job, &lanes);
    const layer_costs costs = layer_costs_of(job, &sizes, option->exchange);
    tangram_training_key key = {
        .head_s = total_of(costs.head.forward) + total_of(costs.head.backward),
    };
    for (int32_t r = 0; r < TANGRAM_RECOMPUTE_COUNT; r++) {
        for (int32_t dual = 0; dual < 2; dual++) {
            const passes pass = passes_of(
                job, &costs.layer, r,
                dual ? TANGRAM_SCHEDULE_DUALPIPE : TANGRAM_SCHEDULE_1F1B);
            key.layer_s[r][dual] =
                total_of(pass.forward) + total_of(pass.backward) + pass.recompute;
        }
    }
    return key;
}

int32_t tangram_training_last_layers(
    const tangram_training_job *job, const tangram_training_key *key,
    const tangram_training_option *option
) {
    if (option->pipeline <= 1) { return -1; }
    const int dual = option->schedule == TANGRAM_SCHEDULE_DUALPIPE;
    const double layer = key->layer_s[option->recompute][dual];
    const double head = layer > 0 ? key->head_s / layer : 0;
    const double layers = job->model.layer_count;
    const double before = option->pipeline - 1;
    const double step = option->virtual_stages;
    // Stages before the last hold a multiple of `step`: the two around equal times.
    const double fewer = floor_r((layers + head) / (option->pipeline * step)) * step;
    const double more = fewer + step;
    const double fewer_last = max_r(0, layers - before * fewer);
    const double more_last = max_r(0, layers - before * more);
    // A bidirectional pipeline puts the last stage beside the first.
    const double weight = dual ? 0.5 : 1;
    const double with_more = max_r(more, more + weight * (more_last + head - more));
    const double with_fewer = max_r(fewer, fewer + weight * (fewer_last + head - fewer));
    const int takes_more = with_more < with_fewer;
    return (int32_t)(takes_more ? more_last : fewer_last);
}

void tangram_training_balance(const tangram_training_job *job, tangram_training_option *option) {
    if (option->last_layers >= 0) { return; }
    const tangram_training_key key = tangram_training_key_of(job, option);
    option->last_layers = tangram_training_last_layers(job, &key, option);
}

double tangram_training_in_flight(
    const tangram_training_job *job, const tangram_training_option *option, int32_t stage
) {
    const training_lanes lanes = lanes_of(option);
    const training_counts counts = counts_of(job, &lanes);
    return in_flight_micro_batches(&counts, lanes.schedule, stage);
}

void tangram_training_stage_of(
    const tangram_training_job *job, const tangram_training_option *option, double layers,
    int32_t has_embedding, int32_t has_head, double in_flight, tangram_training_stage *stage
) {
    const training_lanes lanes = lanes_of(option);
    const training_sizes sizes = sizes_of(job, &lanes);
    const layer_costs costs = layer_costs_of(job, &sizes, option->exchange);
    const passes pass =
        passes_of(job, &costs.layer, option->recompute, TANGRAM_SCHEDULE_1F1B);
    const training_counts counts = counts_of(job, &lanes);
    const device_content content = {layers, has_embedding ? 1 : 0, has_head ? 1 : 0};
    const device_memory memory =
        memory_of(job, &counts, lanes.zero, lanes.recompute, in_flight, content);
    const parameters trained = trained_parameters(job, &counts, content);
    const double updated = option->zero >= 1
        ? trained.dense * counts.inverse_replicas
            + trained.experts * counts.inverse_expert_replicas
        : trained.dense + trained.experts;
    *stage = (tangram_training_stage){
        .layer_s = total_of(pass.forward) + pass.forward_wait + total_of(pass.backward)
            + pass.backward_wait + pass.recompute,
        .head_s = total_of(costs.head.forward) + total_of(costs.head.backward),
        .optimizer_s = stream_s(&job->device, updated * job->update_bytes, 1),
        .trained_parameters = trained.dense + trained.experts,
        .weight_bytes = memory.weights,
        .gradient_bytes = memory.gradients,
        .optimizer_bytes = memory.optimizer,
        .activation_bytes = memory.activations,
        .total_bytes = memory.total,
    };
}
