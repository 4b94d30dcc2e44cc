// Lazy enumeration of layouts. Not public.
#ifndef TANGRAM_TRAINING_SPACE_H
#define TANGRAM_TRAINING_SPACE_H

#include "include/training_search.h"

#include <stdbool.h>

// Where an enumeration stands: a value of each choice, outermost first. A prefix that cannot divide
// is left with all that would follow it.
typedef struct {
    const tangram_training_space *space;
    tangram_training_option option;
    int32_t at[TANGRAM_CHOICE_COUNT];
    int32_t depth;
    int32_t part, part_count;
    int32_t accelerators;
    // Cuts of layers so far: prefixes up to the micro-batch; and layouts of the last one.
    int64_t cuts, inside;
} tangram_layouts;

// Whether `number` is a multiple of `divisor`.
static inline bool divides(int64_t divisor, int64_t number) { return number % divisor == 0; }

// Whether the choice just made goes with those before it; sets what follows from it.
static inline bool tangram_allowed(tangram_layouts *l, int32_t choice, int32_t value) {
    const tangram_training_space *space = l->space;
    tangram_training_option *o = &l->option;
    switch ((tangram_choice)choice) {
    case TANGRAM_CHOOSE_TENSOR:
        o->tensor = value;
        return true;
    case TANGRAM_CHOOSE_CONTEXT:
        o->context = value;
        return true;
    case TANGRAM_CHOOSE_EXCHANGE:
        o->exchange = value;
        if (o->context == 1) { return l->at[choice] == 0; }
        return value != TANGRAM_CONTEXT_ULYSSES
            || divides((int64_t)o->tensor * o->context, space->head_count);
    case TANGRAM_CHOOSE_EXPERT:
        o->expert = value;
        return true;
    case TANGRAM_CHOOSE_EXPERT_TENSOR:
        o->expert_tensor = value;
        return true;
    case TANGRAM_CHOOSE_MICRO_BATCH:
        o->micro_batch = value;
        l->inside = -1;
        return value <= space->batch && l->cuts++ % l->part_count == l->part;
    case TANGRAM_CHOOSE_ACCELERATORS:
        l->accelerators = value;
        return divides((int64_t)o->tensor * o->context, value)
            && divides((int64_t)o->expert * o->expert_tensor, value)
            && (value <= space->local_size || divides(o->tensor, space->node_size)
                || divides(space->node_size, o->tensor));
    case TANGRAM_CHOOSE_PIPELINE: {
        int64_t ranks = (int64_t)o->tensor * o->context * value;
        if (value > space->layer_count || !divides(ranks, l->accelerators)) { return false; }
        o->pipeline = value;
        o->data = (int32_t)(l->accelerators / ranks);
        return divides((int64_t)o->data * o->micro_batch, space->batch)
            && divides(
                (int64_t)o->expert * o->expert_tensor,
                (int64_t)o->tensor * o->context * o->data);
    }
    case TANGRAM_CHOOSE_ZERO:
        o->zero = value;
        // One replica shards nothing; gathering or scattering anew for every micro-batch of a
        // pipeline is never worth it.
        if (o->data * o->context == 1) { return l->at[choice] == 0; }
        return value < 2 || o->pipeline == 1;
    case TANGRAM_CHOOSE_SHARD:
        o->shard = value;
        if (value == 0) { return true; }
        // Sharding over one rank is none, over all of them what 0 says.
        return o->zero > 0 && value > 1 && value < o->data * o->context
            && divides(value, (int64_t)o->data * o->context);
    case TANGRAM_CHOOSE_SCHEDULE:
        o->schedule = value;
        if (value == TANGRAM_SCHEDULE_1F1B) { return true; }
        if (o->pipeline == 1) { return false; }
        // Both directions need an even number of stages and twice as many micro-batches.
        return value != TANGRAM_SCHEDULE_DUALPIPE
            || (o->pipeline % 2 == 0 && o->expert > 1
                && space->batch / o->data / o->micro_batch >= 2 * o->pipeline);
    case TANGRAM_CHOOSE_VIRTUAL_STAGES:
        o->virtual_stages = value;
        if (o->schedule == TANGRAM_SCHEDULE_ZB_V) {
            // The V has two arms.
            o->virtual_stages = 2;
            return l->at[choice] == 0 && 2 * o->pipeline <= space->layer_count;
        }
        if (value == 1) { return true; }
        if (o->schedule != TANGRAM_SCHEDULE_1F1B || o->pipeline == 1
            || !divides(o->pipeline, space->batch / o->data / o->micro_batch)) {
            // No number of virtual stages but 1 goes with these.
            while (l->at[choice] + 1 < space->counts[choice]
                   && space->values[choice][l->at[choice] + 1] != 1) {
                l->at[choice]++;
            }
            return false;
        }
        return (int64_t)o->pipeline * value <= space->layer_count;
    case TANGRAM_CHOOSE_RECOMPUTE:
        o->recompute = value;
        return true;
    }
    return false;
}

static inline tangram_layouts tangram_layouts_of(
    const tangram_training_space *space, int32_t part, int32_t part_count
) {
    tangram_layouts l = {.space = space, .part = part, .part_count = part_count};
    l.option.last_layers = -1;
    if (space->batch < 1) { l.depth = -1; }
    return l;
}

// The place of the layout in the whole enumeration, whatever part of it is made; a cut has far
// fewer than 2^20 layouts.
static inline int64_t tangram_layout_index(const tangram_layouts *l) {
    return (l->cuts << 20) + l->inside;
}

// Moves on to the next layout, in `l->option`; false behind the last one.
static inline bool tangram_next_layout(tangram_layouts *l) {
    const tangram_training_space *space = l->space;
    while (l->depth >= 0) {
        int32_t d = l->depth;
        if (l->at[d] >= space->counts[d]) {
            l->at[d] = 0;
            l->depth--;
            if (l->depth >= 0) { l->at[l->depth]++; }
            continue;
        }
        if (!tangram_allowed(l, d, space->values[d][l->at[d]])) {
            l->at[d]++;
            continue;
        }
        if (d == TANGRAM_CHOICE_COUNT - 1) {
            l->at[d]++;
            l->inside++;
            return true;
        }
        l->depth++;
    }
    return false;
}

#endif
