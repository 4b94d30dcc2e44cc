#include "include/serving.h"

#include "lanes_scalar.h"

#include "lanes_common.h"

#include "operators_body.h"

#include "collectives_body.h"
#include "exchange_body.h"

#include "serving_body.h"

#include <math.h>

static serving_lanes lanes_of(const tangram_serving_option *option) {
    return (serving_lanes){
        option->tensor, option->pipeline, option->data, option->expert, option->context};
}

static tangram_serving_terms terms_of(serving_terms t) {
    return (tangram_serving_terms){
        .matrix_s = t.matrix,
        .experts_s = t.experts,
        .attention_s = t.attention,
        .elementwise_s = t.elementwise,
        .tensor_s = t.tensor,
        .expert_s = t.expert,
        .pipeline_s = t.pipeline,
        .context_s = t.context,
    };
}

void tangram_serving_prefill(
    const tangram_serving_job *job, const tangram_serving_option *option, double prompts,
    tangram_serving_terms *terms
) {
    const serving_lanes lanes = lanes_of(option);
    const serving_sizes sizes = serving_sizes_of(job, &lanes);
    *terms = terms_of(serving_prefill(job, &sizes, prompts));
}

void tangram_serving_decode(
    const tangram_serving_job *job, const tangram_serving_option *option, double sequences,
    tangram_serving_terms *terms
) {
    const serving_lanes lanes = lanes_of(option);
    const serving_sizes sizes = serving_sizes_of(job, &lanes);
    *terms = terms_of(serving_decode(job, &sizes, sequences));
}

void tangram_serving_memory_of(
    const tangram_serving_job *job, const tangram_serving_option *option, double batch,
    tangram_serving_memory *memory
) {
    const serving_lanes lanes = lanes_of(option);
    const serving_bytes b = serving_memory(job, &lanes, batch);
    *memory = (tangram_serving_memory){
        .total_bytes = b.total,
        .weight_bytes = b.weights,
        .cache_bytes = b.cache,
        .offloaded_bytes = b.offloaded,
        .activation_bytes = b.activations,
        .reserved_bytes = job->device.reserved_bytes,
    };
}

void tangram_serving_state_of(
    const tangram_serving_job *job, const tangram_serving_option *option,
    tangram_serving_state *state
) {
    const serving_lanes lanes = lanes_of(option);
    const serving_sizes sizes = serving_sizes_of(job, &lanes);
    const serving_state s = serving_state_of(job, &lanes, &sizes);
    *state = (tangram_serving_state){
        .batch_limit = s.batch_limit,
        .prefill_per_request_s = s.prefill_per_request,
        .prompt_s = s.prompt,
        .prefill_steps = s.prefill_steps,
        .prefill_step_s = s.prefill_step,
        .imbalance = s.imbalance,
        .encoder_s = s.encoder,
        .sequence_bytes = s.sequence_bytes,
        .room_bytes = s.room_bytes,
    };
}

void tangram_serving_point_of(
    const tangram_serving_job *job, const tangram_serving_option *option,
    const tangram_serving_state *state, double batch, tangram_serving_point *point
) {
    const serving_lanes lanes = lanes_of(option);
    const serving_sizes sizes = serving_sizes_of(job, &lanes);
    const serving_state s = {
        state->batch_limit,    state->prefill_per_request_s, state->prompt_s,
        state->prefill_steps,  state->prefill_step_s,        state->imbalance,
        state->encoder_s,      state->sequence_bytes,        state->room_bytes};
    const serving_point p = serving_point_of(job, &sizes, &s, batch);
    *point = (tangram_serving_point){
        .rate = p.rate,
        .step_s = p.step,
        .token_s = p.token,
        .first_token_s = p.first_token,
        .wait_s = p.wait,
        .offload_s = p.offload,
    };
}

double tangram_log_missed(double active, double experts) {
    // Few enough tokens times this are a number of single precision.
    const double never = -1e20;
    if (!(experts > 0) || active >= experts) { return never; }
    return log1p(-active / experts);
}

double tangram_touched_share(double active, double experts, double tokens) {
    if (!(tokens > 0)) { return 0; }
    return touched_share(tangram_log_missed(active, experts), tokens);
}
