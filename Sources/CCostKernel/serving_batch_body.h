// The batch functions over TANGRAM_LANES lanes, as the table TANGRAM_LEVEL.
#include "serving_levels.h"

#include "lanes_common.h"

#include "operators_body.h"

#include "collectives_body.h"
#include "exchange_body.h"

#include "serving_body.h"

#include "lanes_memory.h"

TANGRAM_INLINE serving_lanes options_at(
    const tangram_serving_options *options, size_t at, size_t count
) {
    serving_lanes lanes = {
        lanes_at(options->tensor, at, count),
        lanes_at(options->pipeline, at, count),
        lanes_at(options->data, at, count),
        lanes_at(options->expert, at, count),
        lanes_at(options->context, at, count),
    };
    return lanes;
}

static void costs(
    const tangram_serving_job *job, tangram_serving_options options, const float *batch,
    size_t count, float *step_s, double *total_bytes
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        serving_lanes lanes = options_at(&options, at, count);
        serving_sizes sizes = serving_sizes_of(job, &lanes);
        R sequences = real_lanes_at(batch, at, count);
        serving_terms terms = serving_decode(job, &sizes, sequences / sizes.pipeline);
        R layers = SPLAT(job->model.layer_count > 0 ? job->model.layer_count : 1);
        R imbalance = ceil_r(layers / sizes.pipeline) * sizes.pipeline / layers;
        R step = serving_step_s(job, &sizes, terms, imbalance, sequences);
        if (job->host_cache_bytes > 0) {
            serving_state state = serving_state_of(job, &lanes, &sizes);
            step = max_r(step, serving_fetch_s(job, &sizes, &state, sequences));
        }
        put_times(step_s, at, count, step);
        put_bytes(total_bytes, at, count, serving_memory(job, &lanes, TO_D(sequences)).total);
    }
}

// 1 where the limits are met, else 0.
TANGRAM_INLINE R meets(const tangram_serving_job *job, serving_point p) {
    R yes = SELECT(p.token <= SPLAT(job->token_limit_s), SPLAT(1), SPLAT(0));
    return SELECT(p.first_token <= SPLAT(job->first_token_limit_s), yes, SPLAT(0));
}

// Bisection in every lane at the same time: `low` meets the limits, `high` does not.
static void capacities(
    const tangram_serving_job *job, tangram_serving_options options, size_t count, float *batch,
    float *rate
) {
    for (size_t at = 0; at < count; at += TANGRAM_LANES) {
        serving_lanes lanes = options_at(&options, at, count);
        serving_sizes sizes = serving_sizes_of(job, &lanes);
        serving_state state = serving_state_of(job, &lanes, &sizes);
        R one = SPLAT(1);
        R limit = D_TO_R(state.batch_limit);
        serving_point least = serving_point_of(job, &sizes, &state, one);
        serving_point most = serving_point_of(job, &sizes, &state, max_r(one, limit));
        R low = one;
        R high = max_r(one, limit);
        low = SELECT(meets(job, most) > SPLAT(0), high, low);
        int32_t width = 0;
        for (int i = 0; i < TANGRAM_LANES; i++) {
            int32_t open = (int32_t)(high[i] - low[i]);
            width = open > width ? open : width;
        }
        for (; width > 1; width = (width + 1) / 2) {
            R middle = floor_r((low + high) * SPLAT(0.5));
            R is_met = meets(job, serving_point_of(job, &sizes, &state, middle));
            R is_open = SELECT(high - low > one, one, SPLAT(0));
            low = SELECT(is_open * is_met > SPLAT(0), middle, low);
            high = SELECT(is_open - is_met > SPLAT(0), middle, high);
        }
        serving_point best = serving_point_of(job, &sizes, &state, low);
        R found = SELECT(
            least.first_token <= SPLAT(job->first_token_limit_s), low, SPLAT(-1));
        found = SELECT(least.token <= SPLAT(job->token_limit_s), found, SPLAT(-2));
        found = SELECT(limit >= one, found, SPLAT(0));
        put_times(batch, at, count, found);
        put_times(rate, at, count, SELECT(found > SPLAT(0), best.rate, SPLAT(0)));
    }
}

const tangram_serving_level TANGRAM_LEVEL = {costs, capacities};
