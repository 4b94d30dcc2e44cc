#include "training_key.h"
#include "training_levels.h"
#include "training_space.h"

#include <math.h>
#include <stddef.h>

// Options that are costed at a time: their numbers and results stay in the first cache.
enum { BLOCK = 256 };

typedef struct {
    int32_t fields[TANGRAM_TRAINING_FIELDS][BLOCK];
    // Layouts that differ in recomputation alone share a variant.
    int64_t variant[BLOCK];
    // Which number of accelerators.
    int32_t place[BLOCK];
    int64_t index[BLOCK];
    double total_bytes[BLOCK];
    float step_s[BLOCK];
    size_t count;
} option_block;

static void put(
    option_block *b, const tangram_training_option *o, int64_t variant, int32_t place, int64_t index
) {
    const size_t at = b->count++;
    const int32_t *numbers = (const int32_t *)o;
    for (int f = 0; f < TANGRAM_TRAINING_FIELDS; f++) { b->fields[f][at] = numbers[f]; }
    b->variant[at] = variant;
    b->place[at] = place;
    b->index[at] = index;
}

static void move(option_block *b, size_t from, size_t to) {
    for (int f = 0; f < TANGRAM_TRAINING_FIELDS; f++) { b->fields[f][to] = b->fields[f][from]; }
    b->index[to] = b->index[from];
    b->place[to] = b->place[from];
    b->total_bytes[to] = b->total_bytes[from];
}

static tangram_training_candidate candidate_at(const option_block *b, size_t at, float step_s) {
    tangram_training_candidate c;
    int32_t *numbers = (int32_t *)&c.option;
    for (int f = 0; f < TANGRAM_TRAINING_FIELDS; f++) { numbers[f] = b->fields[f][at]; }
    c.index = b->index[at];
    c.total_bytes = b->total_bytes[at];
    c.step_s = step_s;
    return c;
}

static tangram_training_options options_of(const option_block *b) {
    tangram_training_options options;
    for (int f = 0; f < TANGRAM_TRAINING_FIELDS; f++) { options.field[f] = b->fields[f]; }
    return options;
}

// Later ones win only if faster, so that ties stay in the order of the enumeration.
static void offer(tangram_training_found *found, const option_block *b, size_t at) {
    const float step = b->step_s[at];
    if (found->best_count < found->best_limit
        || (found->best_limit > 0 && step < found->best[found->best_count - 1].step_s)) {
        int32_t place = found->best_count < found->best_limit ? found->best_count++
                                                              : found->best_count - 1;
        for (; place > 0 && step < found->best[place - 1].step_s; place--) {
            found->best[place] = found->best[place - 1];
        }
        found->best[place] = candidate_at(b, at, step);
    }
}

static void offer_bucket(
    tangram_training_found *found, const option_block *b, size_t at, double available
) {
    double part = ceil(b->total_bytes[at] / available * found->bucket_limit);
    int32_t k = part < 1 ? 0 : (int32_t)part - 1;
    if (k >= found->bucket_limit) { k = found->bucket_limit - 1; }
    tangram_training_candidate *held = &found->buckets[k];
    if (held->index < 0 || b->step_s[at] < held->step_s) {
        *held = candidate_at(b, at, b->step_s[at]);
    }
}

// Costs the block's memory, drops what does not fit, times the rest.
static void flush(
    const tangram_training_level *level, const tangram_training_job *job, int wants_fastest_only,
    option_block *b, int64_t *fitting_variant, tangram_training_found *found
) {
    const double available = job->device.available_bytes;
    level->memories(job, options_of(b), b->count, b->total_bytes);
    size_t kept = 0;
    for (size_t i = 0; i < b->count; i++) {
        tangram_training_found *own = &found[b->place[i]];
        own->visited_count++;
        if (b->total_bytes[i] > available) {
            if (own->closest.index < 0 || b->total_bytes[i] < own->closest.total_bytes) {
                own->closest = candidate_at(b, i, 0);
            }
            continue;
        }
        own->fitting_count++;
        // Less recomputation is never slower, so the first that fits is the best.
        if (wants_fastest_only && b->variant[i] == *fitting_variant) { continue; }
        *fitting_variant = b->variant[i];
        move(b, i, kept++);
    }
    b->count = kept;
    level->times(job, options_of(b), kept, b->step_s);
    for (size_t i = 0; i < kept; i++) {
        tangram_training_found *own = &found[b->place[i]];
        own->timed_count++;
        offer(own, b, i);
        if (own->buckets != NULL) { offer_bucket(own, b, i, available); }
    }
    b->count = 0;
}

void tangram_training_search(
    tangram_simd_level level, const tangram_training_job *job, const tangram_training_space *space,
    int32_t part, int32_t part_count, tangram_training_found *found
) {
    const tangram_training_level *functions = tangram_training_at(level);
    for (int32_t n = 0; n < space->counts[TANGRAM_CHOOSE_ACCELERATORS]; n++) {
        tangram_training_found *own = &found[n];
        own->best_count = 0;
        own->closest = (tangram_training_candidate){.index = -1};
        own->visited_count = own->fitting_count = own->timed_count = 0;
        for (int32_t k = 0; own->buckets != NULL && k < own->bucket_limit; k++) {
            own->buckets[k] = (tangram_training_candidate){.index = -1};
        }
    }
    tangram_layouts layouts = tangram_layouts_of(space, part, part_count);
    option_block block;
    block.count = 0;
    int64_t variant = 0;
    int64_t fitting_variant = -1;
    int64_t cut = -1;
    tangram_training_key key = {0};
    while (tangram_next_layout(&layouts)) {
        // The first value of the innermost choice starts a variant.
        if (layouts.at[TANGRAM_CHOOSE_RECOMPUTE] == 1) { variant++; }
        tangram_training_option option = layouts.option;
        if (option.pipeline > 1) {
            if (cut != layouts.cuts) {
                cut = layouts.cuts;
                key = tangram_training_key_of(job, &option);
            }
            option.last_layers = tangram_training_last_layers(job, &key, &option);
        }
        put(&block, &option, variant, layouts.at[TANGRAM_CHOOSE_ACCELERATORS],
            tangram_layout_index(&layouts));
        if (block.count == BLOCK) {
            flush(functions, job, space->wants_fastest_only, &block, &fitting_variant, found);
        }
    }
    flush(functions, job, space->wants_fastest_only, &block, &fitting_variant, found);
}

size_t tangram_training_enumerate(
    const tangram_training_job *job, const tangram_training_space *space,
    tangram_training_option *options, size_t limit
) {
    tangram_layouts layouts = tangram_layouts_of(space, 0, 1);
    size_t count = 0;
    while (count < limit && tangram_next_layout(&layouts)) {
        options[count] = layouts.option;
        tangram_training_balance(job, &options[count++]);
    }
    return count;
}
